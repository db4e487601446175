import type { StageSummary } from '@elucidate/store/queries/stages';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { drawProgress } from './bars.js';
import { secondsLeft, type Observation } from './eta.js';
import { pause } from './interrupt.js';
import { waitLines } from './results.js';
import { openScreen } from './screen.js';

const everyMs = 500;
/** Stages that nobody takes for this long are waiting, not about to be taken. */
const untakenMs = 5000;

export interface WatchOptions {
  signal: AbortSignal;
  /** Called at each poll; returns a reason to stop, such as a worker that died. */
  check?: () => Error | null;
  quiet?: boolean;
}

const runningLine = ({ id, kind, progress }: StageSummary): string => `${kind} ${id.slice(0, 8)}  ${progress?.note ?? 'starting'}`;

/** Shows a sweep's progress until it has ended; resolves with how it ended. Rejects with the signal's reason. */
export async function watchSweep(answers: Answers, id: string, { signal, check = () => null, quiet = false }: WatchOptions): Promise<SweepDetail> {
  const screen = openScreen({ quiet });
  const began = Date.now();
  let takenAt = began;
  let first: Observation | null = null;
  try {
    for (;;) {
      const sweep = await answers.sweep(id);
      const running = sweep.state === 'running' ? await answers.running(id) : [];
      const now: Observation = { atMs: Date.now(), kinds: sweep.kinds };
      first ??= now;
      if (sweep.waits.length === 0) takenAt = now.atMs;
      const notes = now.atMs - takenAt >= untakenMs ? waitLines(sweep).map((line) => `    ${line}`) : [];
      screen.draw(drawProgress({ kinds: sweep.kinds, elapsedMs: now.atMs - began, etaSeconds: secondsLeft(first, now), running: running.slice(0, 8).map(runningLine) }), notes);
      if (sweep.state !== 'running') return sweep;
      const failure = check();
      if (failure !== null) throw failure;
      await pause(everyMs, signal);
    }
  } finally {
    screen.end();
  }
}
