import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@elucidate/e2e/eventually';
import { atEnd } from './cleanup.js';
import { submit } from './client.js';
import { readEvidence, type Evidence } from './evidence.js';
import { openFleet, type Fleet, type FleetOptions } from './fleet.js';
import { randomOf } from './random.js';
import type { Attack, Scenario, Seen } from './scenario.js';
import { attackedSweep, type SweepFile } from './sweep.js';
import { unendedBecause, type Progress } from './unended.js';
import { verdictOf, type FaultTimes, type Verdict } from './verdict.js';

/** A verdict with what was measured besides. */
export interface Run extends Verdict {
  /** What shows that the fault took hold; null if nothing does: the run proves nothing. */
  effect: string | null;
  notes: readonly string[];
}

export interface RunOptions extends FleetOptions {
  seed: number;
  /** Which repetition, and which try at it: they decide, with the seed, when and whom the fault hits. */
  round: string;
  log: (line: string) => void;
}

const undisturbedMs = 900_000;

/** The sweep that a scenario attacks. */
export const sweepOf = ({ sweep = attackedSweep }: Scenario, seed: number): SweepFile => sweep(seed);

/** A fleet that nobody disturbs: API, two workers, one sweep. */
export async function runUndisturbed(sweep: SweepFile, options: RunOptions): Promise<Evidence['results']> {
  return withFleet(options, async (fleet) => {
    await fleet.startApi();
    await Promise.all([fleet.startWorker(), fleet.startWorker()]);
    await submit(fleet, sweep, { idempotencyKey: 'undisturbed' });
    const why = await unendedBecause(() => progress(fleet), undisturbedMs);
    if (why !== null) throw new Error(`The undisturbed run did not end, ${why}:\n${fleet.logs().join('\n')}`);
    return (await readEvidence(fleet)).results;
  });
}

/** One run of a scenario: fleet, sweep, fault, end, evidence, verdict. */
export async function runScenario(scenario: Scenario, undisturbed: Evidence['results'], options: RunOptions): Promise<Run> {
  return withFleet(options, async (fleet) => {
    await fleet.startApi();
    await scenario.prepare?.(fleet);
    // in the scenario's order, whichever is up first
    fleet.workers = await Promise.all((await scenario.workers?.(fleet) ?? [{}, {}]).map((start) => fleet.startWorker(start)));
    await submit(fleet, sweepOf(scenario, options.seed), { idempotencyKey: 'attacked' });
    const { times, seen } = await disturb(scenario, { fleet, seed: options.seed, random: randomOf(`${options.seed} ${scenario.id} ${options.round}`) });
    const patienceMs = (scenario.expected?.patienceS ?? 120) * 1000;
    const why = await unendedBecause(() => progress(fleet), patienceMs);
    const still = why === null ? [] : [await unfinished(fleet, why)];
    const evidence = await readEvidence(fleet);
    const verdict = verdictOf(evidence, undisturbed, { times, expected: scenario.expected });
    return { ...verdict, effect: seen.effect(evidence), notes: seen.notes ?? [], problems: [...(seen.problems ?? []), ...still, ...verdict.problems] };
  }, scenario.clean);
}

/** Stops and removes the fleet after use, and also if this process is interrupted. */
async function withFleet<T>(options: RunOptions, use: (fleet: Fleet) => Promise<T>, clean?: Scenario['clean']): Promise<T> {
  await options.redis?.flush();
  const fleet = await openFleet(options);
  const close = atEnd(async () => {
    await fleet.stop();
    await clean?.(fleet);
    await fleet.remove();
  });
  return use(fleet).finally(close);
}

/** Waits until a training run is under way, and a moment longer; then the fault. */
async function disturb({ fault }: Scenario, attack: Attack): Promise<{ times: FaultTimes; seen: Seen }> {
  const { database: { rows } } = attack.fleet;
  const running = () => rows<{ stageId: string }>(`select id as "stageId" from stages where state = 'running'`);
  await eventually('a training run', async () => (await rows(`select from stages where kind = 'train' and state = 'running'`)).length > 0, 120_000);
  await sleep(attack.random() * 1500);
  const hit = await running();
  const beganAt = Date.now();
  const seen = await fault(attack);
  return { times: { beganAt, endedAt: Date.now(), hit }, seen };
}

async function progress({ database: { rows } }: Fleet): Promise<Progress> {
  const [found = { open: 1, done: 0 }] = await rows<Progress>(`
    select ((select count(*) from stages where state in ('waiting', 'ready', 'running')) + (select count(*) from sweeps where state = 'running'))::int as open,
      (select count(*) from attempts where outcome = 'done')::int as done`);
  return found;
}

/** Why a fleet is waited for no longer, what is open in it, and the last that each of its processes wrote. */
async function unfinished({ database: { rows }, logs }: Fleet, why: string): Promise<string> {
  const stages = await rows<{ kind: string; state: string; count: number }>(`select kind, state, count(*)::int as count from stages where state in ('waiting', 'ready', 'running') group by kind, state order by 1, 2`);
  const open = stages.map(({ kind, state, count }) => `${count} ${kind} ${state}`).join(', ');
  const last = logs().map((log) => log.trimEnd().split('\n').slice(-5).map((line) => line.slice(0, 300)).join('\n    '));
  return `${why}; open: ${open || 'a sweep'}; the last lines of the workers:\n    ${last.join('\n    --\n    ')}`;
}
