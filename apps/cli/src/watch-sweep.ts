import { ElucidateError } from '@elucidate/experiment/errors';
import type { Eta } from '@elucidate/experiment/eta';
import { isRaceOpen } from '@elucidate/experiment/race-open';
import type { StageSummary } from '@elucidate/store/queries/stages';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { isAway, patienceMs, untilAnswered } from './away.js';
import { drawProgress } from './bars.js';
import { pause } from './interrupt.js';
import { failureLinesOf, heldLines, resultsOf, waitLines, type Results } from './results.js';
import { openScreen } from './screen.js';

const everyMs = 500;
/** Stages that nobody takes for this long are waiting, not about to be taken. */
const untakenMs = 5000;
/** How often it looks up when the sweep is expected to end. */
const etaEveryMs = 5000;
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

/** Shows a sweep's progress until it has ended, or has used up its budget and nothing of it runs; resolves with how it ended. An API or database that is away is waited for, from the first look on: the sweep was there just before. Rejects with the signal's reason; with 'stage.failed' when it gives up. */
export async function watchSweep(answers: Answers, id: string, { signal, check = () => null, quiet = false, stuckMs = Infinity }: WatchOptions): Promise<SweepDetail> {
  const screen = openScreen({ quiet });
  const began = Date.now();
  let takenAt = began;
  let movedAt = began;
  let [eta, etaAt]: [Eta | null, number] = [null, -Infinity];
  let answeredAt = began;
  let [failures, causesAt]: [string[], number] = [[], -Infinity];
  try {
    for (;; await pause(everyMs, signal)) {
      const seen = await look(answers, id).catch((error: unknown) => {
        if (!isAway(error) || Date.now() - answeredAt > patienceMs) throw error;
        screen.draw([`no answer for ${Math.round((Date.now() - answeredAt) / 1000)} s: ${(error as Error).message}`]);
        return null;
      });
      const failure = check();
      if (failure !== null && (seen === null || seen.sweep.state === 'running')) throw failure;
      if (seen === null || seen.sweep.waits.length === 0 || seen.running.length > 0) movedAt = Date.now();
      if (seen === null) continue;
      const { sweep, running } = seen;
      answeredAt = Date.now();
      const now = { atMs: Date.now() };
      if (!quiet && sweep.state === 'running' && now.atMs - etaAt >= etaEveryMs) [eta, etaAt] = [await answers.eta(id).then((found) => found.eta, () => eta), now.atMs];
      if (!quiet && sweep.state === 'running' && now.atMs - causesAt >= causesEveryMs) [failures, causesAt] = [await failureLinesOf(answers, sweep).catch(() => failures), now.atMs];
      if (sweep.waits.length === 0) takenAt = now.atMs;
      const notes = [...heldLines(sweep), ...failures, ...(now.atMs - takenAt >= untakenMs ? waitLines(sweep) : [])].map((line) => `    ${line}`);
      screen.draw(drawProgress({ kinds: sweep.kinds, elapsedMs: now.atMs - began, eta, paused: sweep.paused, toLook: isRaceOpen(sweep.spec), running: running.slice(0, 8).map(runningLine) }), notes);
      if (sweep.state !== 'running' || (sweep.budget?.usedUp === true && sweep.paused && running.length === 0)) return sweep;
      if (now.atMs - movedAt >= stuckMs) throw stuck(sweep);
    }
  } finally {
    screen.end();
  }
}

/** Watches a sweep until it has ended, then gathers its results; waits for an API or database that is away. Errors as of `watchSweep`. */
export async function watchToResults(answers: Answers, id: string, options: WatchOptions): Promise<{ ended: SweepDetail; results: Results }> {
  const ended = await watchSweep(answers, id, options);
  return { ended, results: await untilAnswered(() => resultsOf(answers, ended.id), options.signal) };
}
