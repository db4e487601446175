import { loadavg } from 'node:os';
import { atEnd, isEnding } from './cleanup.js';
import type { Evidence } from './evidence.js';
import { whyNot } from './needs.js';
import { openPostgresServer } from './postgres-server.js';
import { openRedisServer, redisIsInstalled } from './redis-server.js';
import { openResults, type RecordedRun, type Results } from './results-file.js';
import { runScenario, runUndisturbed, sweepOf, type Run, type RunOptions } from './run-scenario.js';
import type { Queue, Scenario } from './scenario.js';
import type { SweepFile } from './sweep.js';
import { together } from './together.js';
import { isClean } from './verdict.js';

export interface SuiteOptions {
  scenarios: readonly Scenario[];
  queues: readonly Queue[];
  repeat: number;
  seed: number;
  /** Fleets that run at the same time, at most. */
  atOnce: number;
  /** File to which runs are appended; those that it holds are not repeated. */
  results?: string;
  log: (line: string) => void;
}

/** A scenario on one queue, and what each run of it found. */
export interface Row {
  scenario: Scenario;
  queue: Queue;
  runs: readonly Run[];
  /** Why it was not run. */
  skipped?: string;
}

/** A run whose fault took no hold is made again until there are so many. */
const mostTries = 3;

/** Runs every scenario on every queue it is for, round by round, on servers that are stopped at the end. */
export async function runSuite({ scenarios, queues, repeat, seed, atOnce, results: file, log }: SuiteOptions): Promise<Row[]> {
  const pairs = scenarios.flatMap((scenario) => queues.filter((queue) => scenario.queues.includes(queue)).map((queue) => ({ scenario, queue, skipped: whyNot(scenario) ?? noRedis(queue) })));
  for (const { scenario, queue, skipped } of pairs) if (skipped !== null) log(`${scenario.id} on ${queue}: skipped, ${skipped}`);
  const results = openResults(file);
  const server = await openPostgresServer(log);
  const stopServer = atEnd(() => server.stop());
  const redis = pairs.some(({ queue, skipped }) => queue === 'redis' && skipped === null) ? await openRedisServer() : undefined;
  const stopRedis = atEnd(async () => redis?.stop());
  try {
    const options = (queue: Queue, round: string): RunOptions => ({ server, redis: queue === 'redis' ? redis : undefined, seed, round, log });
    const undisturbed = calm((sweep) => runUndisturbed(sweep, options('postgres', '0')), log);
    for (let round = 1; round <= repeat; round++) {
      await together(pairs.filter(({ skipped }) => skipped === null), { atOnce, clash }, async ({ scenario, queue }) => {
        await runRound({ id: scenario.id, queue, seed, round }, results, async (attempt) => {
          const expected = await undisturbed(sweepOf(scenario, seed));
          const began = Date.now();
          const run = await runScenario(scenario, expected, options(queue, `${round}.${attempt}`)).catch(unfinished);
          log(`${scenario.id} on ${queue}, ${round} of ${repeat}: ${describe(run, Date.now() - began)}`);
          return run;
        });
      });
    }
    return pairs.map(({ scenario, queue, skipped }) => ({ scenario, queue, ...(skipped !== null && { skipped }), runs: results.all({ id: scenario.id, queue }) }));
  } finally {
    await stopRedis();
    await stopServer();
  }
}

interface Place {
  scenario: Scenario;
  queue: Queue;
}

/** Redis is emptied for each fleet. */
const clash = (one: Place, other: Place): boolean =>
  one.scenario.alone === true || other.scenario.alone === true || (one.queue === 'redis' && other.queue === 'redis') || (one.scenario.claims !== undefined && one.scenario.claims === other.scenario.claims);

/** Tries until the fault takes hold or something is not as it should be; goes on where the results end. */
async function runRound(place: Pick<RecordedRun, 'id' | 'queue' | 'seed' | 'round'>, results: Results, run: (attempt: number) => Promise<Run>): Promise<void> {
  for (;;) {
    const known = results.of(place);
    if (known.length >= mostTries || known.some((one) => one.effect !== null || !isClean(one))) return;
    const attempt = known.length + 1;
    const found = await run(attempt);
    if (isEnding()) throw new Error('The suite was interrupted');
    results.add({ ...place, attempt, ...found, at: new Date().toISOString(), load: loadavg()[0]! });
  }
}

/** The results of a sweep that nobody disturbs; each sweep is run once. */
function calm(run: (sweep: SweepFile) => Promise<Evidence['results']>, log: (line: string) => void): typeof run {
  const known = new Map<string, Promise<Evidence['results']>>();
  const measured = async (sweep: SweepFile): Promise<Evidence['results']> => {
    const began = Date.now();
    const results = await run(sweep);
    log(`undisturbed: ${results.size} outputs and metrics in ${seconds(Date.now() - began)} s`);
    return results;
  };
  return (sweep) => {
    const key = JSON.stringify(sweep);
    const results = known.get(key) ?? measured(sweep);
    known.set(key, results);
    return results;
  };
}

const noRedis = (queue: Queue): string | null => (queue === 'redis' && !redisIsInstalled() ? 'needs redis-server on the PATH' : null);

/** A run that could not be carried out proves nothing. */
const unfinished = (error: unknown): Run => ({
  lost: 0, duplicated: 0, wrong: 0, refused: 0, recoverMs: null, wastedMs: 0, effect: null, notes: [], problems: [`the run could not be carried out: ${error instanceof Error ? error.message : String(error)}`],
});

function describe(run: Run, ms: number): string {
  const { lost, duplicated, wrong, refused, recoverMs, wastedMs, effect, problems, notes } = run;
  const word = !isClean(run) ? 'NOT OK' : effect === null ? 'NO EFFECT' : 'ok';
  const numbers = `lost ${lost}, duplicated ${duplicated}, wrong ${wrong}, refused ${refused}, recovered in ${recoverMs === null ? '-' : seconds(recoverMs)} s, wasted ${seconds(wastedMs)} s`;
  return [`${word} in ${seconds(ms)} s; ${numbers}`, ...problems, ...(effect === null ? [] : [effect]), ...notes].join('\n  ');
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
