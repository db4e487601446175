import { databaseTrouble } from '@elucidate/dispatch/database-trouble';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageSummary } from '@elucidate/store/queries/stages';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { drawProgress } from './bars.js';
import { secondsLeft, type Observation } from './eta.js';
import { pause } from './interrupt.js';
import { failureLinesOf, heldLines, waitLines } from './results.js';
import { openScreen } from './screen.js';

const everyMs = 500;
/** Stages that nobody takes for this long are waiting, not about to be taken. */
const untakenMs = 5000;
/** How long a watch that has begun goes on while nobody answers: a server that is restarted meanwhile is found again. */
const patienceMs = 600_000;
/** How often it asks for the causes of failures. */
const causesEveryMs = 10_000;

export interface WatchOptions {
  signal: AbortSignal;
  /** Called at each poll; returns a reason to stop, such as a worker that died. */
  check?: () => Error | null;
  quiet?: boolean;
  /** Gives up when for so long nothing has run and no worker can run what is left; default: never, as others may start workers. */
  stuckMs?: number;
}

const runningLine = ({ id, kind, progress }: StageSummary): string => `${kind} ${id.slice(0, 8)}  ${progress?.note ?? 'starting'}`;

/** Whether an error says that API or database are away for the moment. */
const isAway = (error: unknown): boolean =>
  error instanceof ElucidateError ? ['api.unreachable', 'database.unreachable'].includes(error.code) : ['connection', 'busy'].includes(databaseTrouble(error) ?? '');

const stuck = (sweep: SweepDetail): ElucidateError =>
  new ElucidateError('stage.failed', `Sweep ${sweep.id} cannot go on, nothing runs:\n${waitLines(sweep).map((line) => `  ${line}`).join('\n')}\nPut that in order and run the same command again; what is done is kept`);

interface Look {
  sweep: SweepDetail;
  running: readonly StageSummary[];
}

async function look(answers: Answers, id: string): Promise<Look> {
  const sweep = await answers.sweep(id);
  return { sweep, running: sweep.state === 'running' ? await answers.running(id) : [] };
}

/** Shows a sweep's progress until it has ended; resolves with how it ended. Once it has begun, an API or database that is away is waited for. Rejects with the signal's reason; with 'stage.failed' when it gives up. */
export async function watchSweep(answers: Answers, id: string, { signal, check = () => null, quiet = false, stuckMs = Infinity }: WatchOptions): Promise<SweepDetail> {
  const screen = openScreen({ quiet });
  const began = Date.now();
  let takenAt = began;
  let movedAt = began;
  let first: Observation | null = null;
  let answeredAt: number | null = null;
  let [failures, causesAt]: [string[], number] = [[], -Infinity];
  try {
    for (;; await pause(everyMs, signal)) {
      const seen = await look(answers, id).catch((error: unknown) => {
        if (answeredAt === null || !isAway(error) || Date.now() - answeredAt > patienceMs) throw error;
        screen.draw([`no answer for ${Math.round((Date.now() - answeredAt) / 1000)} s: ${(error as Error).message}`]);
        return null;
      });
      const failure = check();
      if (failure !== null && (seen === null || seen.sweep.state === 'running')) throw failure;
      if (seen === null || seen.sweep.waits.length === 0 || seen.running.length > 0) movedAt = Date.now();
      if (seen === null) continue;
      const { sweep, running } = seen;
      answeredAt = Date.now();
      const now: Observation = { atMs: Date.now(), kinds: sweep.kinds };
      first ??= now;
      if (!quiet && sweep.state === 'running' && now.atMs - causesAt >= causesEveryMs) [failures, causesAt] = [await failureLinesOf(answers, sweep).catch(() => failures), now.atMs];
      if (sweep.waits.length === 0) takenAt = now.atMs;
      const notes = [...heldLines(sweep), ...failures, ...(now.atMs - takenAt >= untakenMs ? waitLines(sweep) : [])].map((line) => `    ${line}`);
      screen.draw(drawProgress({ kinds: sweep.kinds, elapsedMs: now.atMs - began, etaSeconds: secondsLeft(first, now), running: running.slice(0, 8).map(runningLine) }), notes);
      if (sweep.state !== 'running') return sweep;
      if (now.atMs - movedAt >= stuckMs) throw stuck(sweep);
    }
  } finally {
    screen.end();
  }
}
