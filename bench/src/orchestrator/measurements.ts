import { setTimeout as sleep } from 'node:timers/promises';
import type { Latencies } from '../pings.js';
import { withInstallation, type FleetOptions, type Installation, type InstallationOptions, type Shape } from './installation.js';
import { claimToComplete, overheadOf, rateOf, type Attempt, type Window } from './rate.js';
import { submitGrid } from './sweep.js';

/** After so long a pool has closed the connections that it does not need. */
const restMs = 15_000;
/** The longest that a row may take. */
const patienceMs = 180_000;

/** Attempts that have ended with a result since the workers started, of one sweep or of all. */
const attemptsOf = ({ store }: Installation, sweepId: string | null = null): Promise<Attempt[]> => store.db.query(`
  select (extract(epoch from started_at) * 1000)::float8 as "startedAt", (extract(epoch from ended_at) * 1000)::float8 as "endedAt"
  from attempts a where outcome = 'done' and worker_id <> 'bench' and ($1::text is null or exists (select from sweep_stages ss where ss.sweep_id = $1 and ss.stage_id = a.stage_id))`, [sweepId]);

export interface Throughput {
  stagesPerSecond: number;
  claimToComplete: Latencies;
}

const endsOf = (attempts: readonly Attempt[]): number[] => attempts.map(({ endedAt }) => endedAt);

/** How fast stages that do nothing, or sleep, are run: those of the window, from the moment at which the workers start. */
export const measureThroughput = (options: InstallationOptions, shape: FleetOptions, window: Window): Promise<Throughput> =>
  withInstallation(options, async (installation) => {
    const fleet = installation.start(shape);
    await fleet.ran(window.to + shape.processes * shape.slots + 1, patienceMs);
    await fleet.stop();
    const attempts = await attemptsOf(installation);
    return { stagesPerSecond: rateOf(endsOf(attempts), window), claimToComplete: claimToComplete(attempts, window) };
  });

export interface Beside extends Throughput {
  /** Stages of both sweeps. */
  ofBoth: number;
  /** From its submission to its last stage, s. */
  seconds: number;
}

/** As measureThroughput, of the stages of a sweep of 1,000 cells that is submitted while one of so many thousands runs: the same training runs, another seed, as much work a stage. */
export const measureBeside = (options: InstallationOptions, { thousands, ...shape }: Shape & { thousands: number }, window: Window): Promise<Beside> =>
  withInstallation(options, async (installation) => {
    const fleet = installation.start(shape);
    await fleet.ran(200, patienceMs);
    const begun = performance.now();
    const before = (await attemptsOf(installation)).length;
    const { sweepId } = await submitGrid(installation.store, installation.queue, { cells: 1000, from: Math.round((thousands + 3) / 2), sampleSeed: 2 });
    for (;;) {
      const [ended] = await installation.store.db.query<{ done: boolean }[]>(`select count(*) > $2 as done from sweep_stages ss join attempts a on a.stage_id = ss.stage_id where ss.sweep_id = $1 and a.outcome = 'done' and a.worker_id <> 'bench'`, [sweepId, window.to]);
      if (ended?.done || performance.now() - begun > patienceMs) break;
      await sleep(250);
    }
    const seconds = (performance.now() - begun) / 1000;
    const ofBoth = ((await attemptsOf(installation)).length - before) / seconds;
    await fleet.stop();
    const attempts = await attemptsOf(installation, sweepId);
    return { seconds, ofBoth, stagesPerSecond: rateOf(endsOf(attempts), window), claimToComplete: claimToComplete(attempts, window) };
  });

export interface Overhead {
  stages: number;
  seconds: number;
  percent: number;
}

/** How much longer `stages` stages of a second take than they must. Counted from the first claim. */
export const measureOverhead = (options: InstallationOptions, shape: Shape, stages: number): Promise<Overhead> =>
  withInstallation(options, async (installation) => {
    const fleet = installation.start({ ...shape, kinds: ['sample'], stageMs: 1000 });
    await fleet.ran(stages, patienceMs);
    await sleep(500);
    await fleet.stop();
    const attempts = (await attemptsOf(installation)).toSorted((a, b) => a.endedAt - b.endedAt).slice(0, stages);
    const tookMs = Math.max(...endsOf(attempts)) - Math.min(...attempts.map(({ startedAt }) => startedAt));
    return { stages, seconds: tookMs / 1000, percent: overheadOf(tookMs, { stages, stageMs: 1000, slots: shape.processes * shape.slots }) };
  });

export interface Idle {
  /** Connections that a worker without work keeps open. */
  connections: number;
  /** Transactions that it makes per second, most of them of one statement. */
  transactionsPerSecond: number;
}

/** What one worker costs a database in which nothing can be run, once it is idle. */
export const measureIdle = (options: InstallationOptions, slots: number, seconds: number): Promise<Idle> =>
  withInstallation({ ...options, quiet: true }, async ({ start, database: { name } }) => {
    const { rows } = options.servers;
    const [now] = await rows<{ at: Date }>('select clock_timestamp() as at');
    const transactions = async (): Promise<number> => (await rows<{ n: number }>('select (xact_commit + xact_rollback)::float8 as n from pg_stat_database where datname = $1', [name]))[0]!.n;
    start({ processes: 1, slots });
    await sleep(restMs);
    const before = await transactions();
    await sleep(seconds * 1000);
    const after = await transactions();
    const [open] = await rows<{ connections: number }>(`select count(*)::int as connections from pg_stat_activity where datname = $1 and backend_type = 'client backend' and backend_start > $2`, [name, now!.at]);
    return { connections: open!.connections, transactionsPerSecond: (after - before) / seconds };
  });
