import { sumLedgers, sumSpent, type SweepLedger } from '@elucidate/experiment/ledger';
import { localPrincipal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import { ledgers } from './ledger.js';
import { summarise } from './summaries.js';
import { listSweeps } from './sweeps.js';

/** Random sweeps that share stages, with every way in which an attempt ends, against a reading of all rows one by one. */

const store = useDatabase();

let seed = 20_261_129;
const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
const pick = <T>(values: readonly T[]): T => values[random(values.length)]!;
/** Whole seconds: sums are exact in any order. */
const at = (second: number): string => new Date(Date.UTC(2024, 0, 1) + second * 1000).toISOString();

interface Sweep { id: string; owner: string; from: number; until: number | null; places: Map<string, { reused: boolean; uses: number }> }
interface Attempt { stage: string; token: number; worker: string; from: number; until: number | null; outcome: string | null; code: string | null }
interface Stage { id: string; state: string; token: number; attempts: Attempt[] }

function randomStage(id: string): Stage {
  const tries = random(4);
  const attempts: Attempt[] = [];
  for (let token = 1, from = random(50); token <= tries; token++) {
    const outcome = token === tries && random(6) === 0 ? null : pick(['done', 'done', 'failed', 'expired', 'released', 'cancelled']);
    const until = outcome === null ? null : from + random(40);
    attempts.push({ stage: id, token, worker: pick(['w1', 'w2']), from, until, outcome, code: outcome === 'failed' ? pick(['stage.diverged', 'stage.crashed']) : null });
    from = (until ?? from) + random(10);
  }
  const last = attempts.at(-1);
  return { id, token: last?.token ?? 0, state: last?.outcome === 'done' && random(5) > 0 ? 'done' : last?.outcome === null ? 'running' : 'ready', attempts };
}

function randomSweep(i: number, stages: readonly Stage[]): Sweep {
  const from = random(60);
  const places = new Map(stages.filter(() => random(2) === 0).map(({ id }) => [id, { reused: random(4) === 0, uses: 1 + random(3) }]));
  return { id: `s${i}`, owner: pick(['ann', 'bob']), from, until: random(4) === 0 ? null : from + random(80), places };
}

const stages = Array.from({ length: 60 }, (_, i) => randomStage(`stage${i}`));
const sweeps = Array.from({ length: 5 }, (_, i) => randomSweep(i, stages));

beforeAll(async () => {
  const { db } = store;
  await db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state) values ('w1', 'h', 1, 'simd 1+ab, 2 threads, EPYC: first that is here; not tensorflow: not installed; not webgpu: no GPU answers: no adapter', '{}', 1, 'active'), ('w2', 'h', 1, 'webgpu 4, 1 thread, H100: requested', '{}', 1, 'active')`);
  for (const { id, state, token, attempts } of stages) {
    const maker = attempts.at(-1)?.worker;
    await db.query(`insert into stages (id, kind, code_version, params, state, work, token, provenance) values ($1, 'train', 1, '{}', $2, 1, $3, $4)`, [id, state, token, JSON.stringify({ device: maker === 'w1' ? 'EPYC' : 'H100' })]);
    for (const a of attempts) {
      await db.query('insert into attempts (stage_id, token, worker_id, started_at, ended_at, outcome, error) values ($1, $2, $3, $4, $5, $6, $7)',
        [a.stage, a.token, a.worker, at(a.from), a.until === null ? null : at(a.until), a.outcome, a.code === null ? null : JSON.stringify({ code: a.code })]);
    }
  }
  for (const { id, owner, from, until, places } of sweeps) {
    await db.query(`insert into sweeps (id, name, owner, state, spec, spec_hash, created_at, ended_at) values ($1, $1, $2, $3, '{}', 'h', $4, $5)`, [id, owner, until === null ? 'running' : 'done', at(from), until === null ? null : at(until)]);
    await db.query(`insert into cells values ($1, 'c', 0, '{}')`, [id]);
    for (const [stage, { reused, uses }] of places) {
      await db.query('insert into sweep_stages values ($1, $2, 0, $3)', [id, stage, reused]);
      for (let use = 0; use < uses; use++) await db.query(`with t as (insert into trials (sweep_id, cell_id, train_seed, sample_seed) values ($1, 'c', $2, $3) returning id) insert into trial_stages select id, 'train', $4 from t`, [id, use, Number(stage.slice(5)), stage]);
    }
  }
});

/** On whose ledger an attempt is, looked up one by one. */
function payerOf({ stage, from }: Attempt): Sweep | undefined {
  const needing = sweeps.filter(({ places }) => places.get(stage)?.reused === false).sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  return needing.find((sweep) => sweep.from <= from && (sweep.until ?? Infinity) >= from) ?? needing[0];
}

const attempts = stages.flatMap((stage) => stage.attempts);
const isUseful = ({ stage, token, outcome }: Attempt): boolean => outcome === 'done' && stages.some(({ id, state, token: last }) => id === stage && state === 'done' && last === token);
const secondsOf = (some: readonly Attempt[]): number => some.reduce((sum, { from, until }) => sum + (until === null ? 0 : until - from), 0);

let found: SweepLedger[];
test('every attempt that a sweep needed is on one ledger, as useful, wasted with its cause, or running', async () => {
  found = (await ledgers(store.db, localPrincipal, { limit: 20 })).ledgers;
  for (const { sweepId, useful, wasted, running } of found) {
    const own = attempts.filter((attempt) => payerOf(attempt)?.id === sweepId);
    const [good, going] = [own.filter(isUseful), own.filter(({ outcome }) => outcome === null)];
    const bad = own.filter((attempt) => attempt.outcome !== null && !isUseful(attempt));
    expect([useful, running.attempts]).toEqual([{ attempts: good.length, seconds: secondsOf(good) }, going.length]);
    expect(sumSpent(wasted)).toEqual({ attempts: bad.length, seconds: secondsOf(bad) });
    const causes = bad.map(({ outcome, code }) => code ?? (outcome === 'done' ? 'replaced' : outcome));
    expect(Object.fromEntries(wasted.map(({ cause, attempts: count }) => [cause, count]))).toEqual(Object.fromEntries([...new Set(causes)].map((cause) => [cause, causes.filter((other) => other === cause).length])));
  }
  const counted = (total: ReturnType<typeof sumLedgers>): number => total.useful.attempts + total.running.attempts + sumSpent(total.wasted).attempts;
  expect(counted(sumLedgers(found))).toBe(attempts.filter((attempt) => payerOf(attempt) !== undefined).length);
  // the histories hold what they are to show
  expect(new Set(found.flatMap(({ wasted }) => wasted.map(({ cause }) => cause)))).toEqual(new Set(['stage.diverged', 'stage.crashed', 'expired', 'released', 'cancelled', 'replaced']));
  expect(sweeps.some(({ places }) => [...places.keys()].some((stage) => sweeps.filter((other) => other.places.has(stage)).length > 2))).toBe(true);
});

test('what trials would have cost by themselves is what was spent, saved, reused and done for others', () => {
  const cost = new Map(stages.flatMap(({ id, attempts: own }) => own.filter(isUseful).map((attempt) => [id, secondsOf([attempt])])));
  for (const { sweepId, useful, sharing } of found) {
    const { places } = sweeps.find(({ id }) => id === sweepId)!;
    const sum = (of: (place: { reused: boolean; uses: number }) => number): number => [...places].reduce((total, [stage, place]) => total + of(place) * (cost.get(stage) ?? 0), 0);
    expect(sharing).toMatchObject({ alone: sum(({ uses }) => uses), saved: sum(({ uses }) => uses - 1), reused: sum(({ reused }) => Number(reused)), own: useful.seconds });
    expect(sharing.own + sharing.saved + sharing.reused + sharing.others).toBe(sharing.alone);
  }
  expect(found.some(({ sharing }) => sharing.others > 0)).toBe(true);
});

test('devices are those of the results, or of the workers where there is none, and add up', () => {
  expect(new Set(found.flatMap(({ devices }) => devices.map(({ device }) => device)))).toEqual(new Set(['EPYC', 'H100']));
  for (const { devices, useful, wasted } of found) expect([sumSpent(devices.map((one) => one.useful)), sumSpent(devices.map((one) => one.wasted))]).toEqual([useful, sumSpent(wasted)]);
});

test('an owner sees their own ledgers, a page at a time', async () => {
  const ann = { id: 'ann', scope: 'read' as const };
  const own = found.filter(({ owner }) => owner === 'ann');
  const first = await ledgers(store.db, ann, { limit: 1 });
  expect(first.ledgers.map(({ sweepId }) => sweepId)).toEqual([own[0]!.sweepId]);
  const rest = await ledgers(store.db, ann, { limit: 20, cursor: first.nextCursor! });
  expect([...first.ledgers, ...rest.ledgers].map(({ sweepId }) => sweepId)).toEqual(own.map(({ sweepId }) => sweepId));
  expect((await ledgers(store.db, localPrincipal, { owner: 'bob' })).ledgers.every(({ owner }) => owner === 'bob')).toBe(true);
  expect((await ledgers(store.db, ann, { owner: 'bob' })).ledgers).toEqual([]);
});

/** What the list of sweeps says they cost beside what their ledgers add up to. */
async function expectCosts(): Promise<void> {
  while (await summarise(store.db));
  const [{ sweeps: listed }, { ledgers: all }] = [await listSweeps(store.db, localPrincipal), await ledgers(store.db, localPrincipal, { limit: 20 })];
  const costs = all.map(({ sweepId, useful, wasted, sharing }) => [sweepId, useful.seconds + sumSpent(wasted).seconds, sharing.saved]);
  expect(listed.map(({ id, spentSeconds, savedSeconds }) => [id, spentSeconds, savedSeconds])).toEqual(costs);
  expect(costs.filter(([, spent, saved]) => Number(spent) > 0 && Number(saved) > 0).length).toBeGreaterThan(1);
}

test('a list of sweeps has what they cost and what sharing saved, which are kept as stages change', async () => {
  await expectCosts();
  await store.db.query(`insert into kept_tables (sweep_id, metric, axes) select sweep_id, 'fid', '{}' from sweep_sizes`);
  // attempts that end, results that are lost, and a sweep that comes later
  await store.db.query(`update attempts set outcome = 'expired', ended_at = started_at + interval '7 s' where outcome is null`);
  await store.db.query(`update stages s set state = case s.state when 'done' then 'failed' else 'done' end where exists (select from attempts a where a.stage_id = s.id and a.token = s.token and a.outcome = 'done') and right(s.id, 1) < '5'`);
  await expectCosts();
  // costs alone do not count the cells of their sweeps again
  expect(await store.db.query('select count(*)::int as kept from kept_tables')).toEqual([{ kept: sweeps.length }]);
  await store.db.query(`insert into sweeps (id, name, owner, state, spec, spec_hash) values ('late', 'late', 'ann', 'running', '{}', 'h')`);
  await store.db.query(`insert into sweep_stages (sweep_id, stage_id, position, reused) select 'late', id, 0, false from stages`);
  await store.db.query(`insert into attempts (stage_id, token, worker_id, started_at, ended_at, outcome) select id, token + 1, 'w1', now(), now() + interval '3 s', 'done' from stages where right(id, 1) = '9'`);
  await store.db.query(`update stages set token = token + 1, state = case state when 'done' then 'failed' else 'done' end where right(id, 1) = '9'`);
  await expectCosts();
  // a sweep that goes on after its end takes over what others spent since then on stages that it needs
  await store.db.query(`update sweeps set state = 'running', ended_at = null where id = (select id from sweeps where ended_at is not null order by created_at limit 1)`);
  await expectCosts();
  // a sweep that is deleted leaves what it spent to the others that need its stages
  await store.db.query('delete from sweeps where id = (select sweep_id from sweep_sizes order by spent desc limit 1)');
  await expectCosts();
});

/** The rows of tables that statements of this transaction have read so far. */
const rowsRead = `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables where relname in ('attempts', 'sweep_stages', 'stages', 'trials', 'trial_stages')`;

test('the costs of a sweep of few stages are those of any sweep, and take its own stages only', async () => {
  const { db } = store;
  const costs = (): Promise<unknown[]> => db.query('select sweep_id, stage_id, spent, saved from sweep_stages order by 1, 2');
  const costAll = async (how: string): Promise<unknown[]> => {
    await db.query('update sweep_stages set spent = -1, saved = -1');
    await db.query(`select ${how}(id) from sweeps`);
    return [await costs(), await db.query('select sweep_id, spent, saved from sweep_sizes order by 1')];
  };
  expect(await costAll('cost_sweep')).toEqual(await costAll('cost_whole_sweep'));

  // another sweep, of many stages, some of which it shares
  await db.query(`insert into sweeps (id, name, owner, state, spec, spec_hash) values ('large', 'large', 'ann', 'running', '{}', 'h')`);
  await db.query(`insert into stages (id, kind, code_version, params, state, work, token) select 'many' || i, 'train', 1, '{}', 'done', 1, 1 from generate_series(1, 20000) i`);
  await db.query(`insert into attempts (stage_id, token, worker_id, started_at, ended_at, outcome) select 'many' || i, 1, 'w1', now(), now() + interval '1 s', 'done' from generate_series(1, 20000) i`);
  await db.query(`insert into sweep_stages (sweep_id, stage_id, position, reused) select 'large', id, 0, false from stages`);
  await db.query('analyze attempts; analyze sweep_stages; analyze stages; analyze trials; analyze trial_stages');
  const [few] = await db.query(`select sweep_id as id, count(*)::int as stages from sweep_stages where sweep_id <> 'large' group by 1 order by 2 limit 1`) as [{ id: string; stages: number }];
  await db.transaction(async (tx) => {
    const [{ rows: before }] = await tx.query(rowsRead) as [{ rows: number }];
    await tx.query('select cost_sweep($1)', [few.id]);
    const [{ rows: after }] = await tx.query(rowsRead) as [{ rows: number }];
    expect(after - before).toBeLessThan(10_000);
  });
});
