import { atEnd } from './cleanup.js';
import type { Evidence } from './evidence.js';
import { whyNot } from './needs.js';
import { openPostgresServer } from './postgres-server.js';
import { openRedisServer, redisIsInstalled } from './redis-server.js';
import { runScenario, runUndisturbed, sweepOf, type Run, type RunOptions } from './run-scenario.js';
import type { Queue, Scenario } from './scenario.js';
import type { SweepFile } from './sweep.js';
import { isClean } from './verdict.js';

export interface SuiteOptions {
  scenarios: readonly Scenario[];
  queues: readonly Queue[];
  repeat: number;
  seed: number;
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

/** Runs every scenario on every queue it is for, one after another, on servers that are stopped at the end. */
export async function runSuite({ scenarios, queues, repeat, seed, log }: SuiteOptions): Promise<Row[]> {
  const pairs = scenarios.flatMap((scenario) => queues.filter((queue) => scenario.queues.includes(queue)).map((queue) => ({ scenario, queue, skipped: whyNot(scenario) ?? noRedis(queue) })));
  const server = await openPostgresServer(log);
  const stopServer = atEnd(() => server.stop());
  const redis = pairs.some(({ queue, skipped }) => queue === 'redis' && skipped === null) ? await openRedisServer() : undefined;
  const stopRedis = atEnd(async () => redis?.stop());
  try {
    const options = (queue: Queue, round: number): RunOptions => ({ server, redis: queue === 'redis' ? redis : undefined, seed, round, log });
    const undisturbed = calm((sweep) => runUndisturbed(sweep, options('postgres', 0)), log);
    const rows: Row[] = [];
    for (const { scenario, queue, skipped } of pairs) {
      if (skipped !== null) log(`${scenario.id} on ${queue}: skipped, ${skipped}`);
      rows.push({ scenario, queue, ...(skipped !== null && { skipped }), runs: skipped === null ? await runs(scenario, await undisturbed(sweepOf(scenario, seed)), { queue, repeat, options }) : [] });
    }
    return rows;
  } finally {
    await stopRedis();
    await stopServer();
  }
}

/** The results of a sweep that nobody disturbs; each sweep is run once. */
function calm(run: (sweep: SweepFile) => Promise<Evidence['results']>, log: (line: string) => void): typeof run {
  const known = new Map<string, Evidence['results']>();
  return async (sweep) => {
    const key = JSON.stringify(sweep);
    const began = Date.now();
    const results = known.get(key) ?? (await run(sweep));
    if (!known.has(key)) log(`undisturbed: ${results.size} outputs and metrics in ${seconds(Date.now() - began)} s`);
    known.set(key, results);
    return results;
  };
}

const noRedis = (queue: Queue): string | null => (queue === 'redis' && !redisIsInstalled() ? 'needs redis-server on the PATH' : null);

interface Runs {
  queue: Queue;
  repeat: number;
  options(queue: Queue, round: number): RunOptions;
}

async function runs(scenario: Scenario, undisturbed: Evidence['results'], { queue, repeat, options }: Runs): Promise<Run[]> {
  const found: Run[] = [];
  for (let round = 1; round <= repeat; round++) {
    const began = Date.now();
    const verdict = await runScenario(scenario, undisturbed, options(queue, round)).catch(unfinished);
    const { lost, duplicated, wrong, refused, recoverMs, wastedMs, problems, notes } = verdict;
    options(queue, round).log(`${scenario.id} on ${queue}, ${round} of ${repeat}: ${isClean(verdict) ? 'ok' : 'NOT OK'} in ${seconds(Date.now() - began)} s; lost ${lost}, duplicated ${duplicated}, wrong ${wrong}, refused ${refused}, recovered in ${recoverMs === null ? '-' : seconds(recoverMs)} s, wasted ${seconds(wastedMs)} s${[...problems, ...notes].map((line) => `\n  ${line}`).join('')}`);
    found.push(verdict);
  }
  return found;
}

/** A run that could not be carried out proves nothing. */
const unfinished = (error: unknown): Run => ({
  lost: 0, duplicated: 0, wrong: 0, refused: 0, recoverMs: null, wastedMs: 0, notes: [], problems: [`the run could not be carried out: ${error instanceof Error ? error.message : String(error)}`],
});

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
