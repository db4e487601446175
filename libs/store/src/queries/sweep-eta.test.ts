import { etaOf } from '@elucidate/experiment/eta';
import { localPrincipal } from '../principal.js';
import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { summarise } from './summaries.js';
import { recordEta, recordEtas, sweepEta } from './sweep-eta.js';
import { getSweep } from './sweeps.js';

const store = useDatabase();
const sweep = async () => (await getSweep(store.db, 'x', localPrincipal))!;
const worker = (id: string, concurrency: number) => store.db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state) values ($1, 'h', 1, 'simd', '{}', $2, 'active')`, [id, concurrency]);

const attempts = `insert into attempts (stage_id, token, worker_id, started_at, ended_at, outcome)
  select id, 1, 'w', '2024-01-01Z', '2024-01-01Z'::timestamptz + case kind when 'train' then 10 when 'sample' then 20 else 40 end * interval '1 second', 'done' from stages where state = 'done'`;

/** Six trials, four of them done, each with a train, a sample and a score stage that took 10, 20 and 40 seconds. */
beforeAll(async () => {
  await insertSweep(store.db, 'x', Array.from({ length: 6 }, (_, i) => ({ id: `c${i}`, config: { ...baseConfig, steps: i + 1 }, trials: [i < 4 ? { fid: i } : {}] })));
  await store.db.query(`update stages set token = 1 where state = 'done'`);
  await store.db.query(attempts);
  await summarise(store.db);
});

test('no end is expected while nobody works', async () => {
  expect(await sweepEta(store.db, await sweep())).toEqual({ eta: null, toLook: false, predictions: [] });
});

test('of a race that is not over, the next look is expected, and this is said', async () => {
  const race = (value: string) => store.db.query(`update sweeps set spec = spec - 'race' || $1::jsonb where id = 'x'`, [value]);
  await race('{"race": {"looks": [], "over": false}}');
  expect(await sweepEta(store.db, await sweep())).toMatchObject({ toLook: true });
  await race('{}');
});

test('what is left takes what the same kinds took in the sweep, on the slots that other sweeps leave', async () => {
  await worker('w', 3);
  const kinds = [20, 40, 80].map((seconds) => ({ stages: 2, seconds, spread: 0, attempts: 4 }));
  expect((await sweepEta(store.db, await sweep())).eta).toEqual(etaOf(kinds, 3));
  // another sweep's stage has a slot
  await store.db.query(`insert into stages (id, kind, code_version, params, state, work, lease_expires_at) values ('other', 'train', 1, '{}', 'running', 1, clock_timestamp() + interval '1 hour')`);
  expect((await sweepEta(store.db, await sweep())).eta).toEqual(etaOf(kinds, 2));
  await store.db.query(`update sweeps set concurrency = 1 where id = 'x'`);
  expect((await sweepEta(store.db, await sweep())).eta).toEqual(etaOf(kinds, 1));
});

test('of kinds that have not run yet, stages that compute next to nothing take a moment each', async () => {
  await store.db.query('delete from attempts');
  const { eta } = await sweepEta(store.db, await sweep());
  expect(eta!.seconds).toBeGreaterThanOrEqual(6 * 0.2);
  await store.db.query(attempts);
});

test('each moment is predicted once, and held against what came of it', async () => {
  await recordEtas(store.db);
  await recordEta(store.db, await sweep());
  await store.db.query(`update stages set state = 'done' where id in ('train-x-c4-0', 'sample-x-c4-0')`);
  await summarise(store.db);
  await recordEtas(store.db);
  const before = (await sweepEta(store.db, await sweep())).predictions;
  expect(before.map(({ moment, took, slots }) => [moment, took, slots])).toEqual([[50, null, 1], [75, null, 1]]);
  await store.db.query(`update sweeps set state = 'done', ended_at = (select max(at) from eta_predictions) + interval '30 seconds' where id = 'x'`);
  const { eta, predictions } = await sweepEta(store.db, await sweep());
  expect(eta).toBeNull();
  expect(predictions.map(({ seconds }) => seconds)).toEqual(before.map(({ seconds }) => seconds));
  expect(predictions[1]!.took).toBe(30);
  expect(predictions[0]!.took).toBeGreaterThan(30);
});

test('what was predicted before an edit is not held against what came after it', async () => {
  await store.db.query(`update sweeps set version = version + 1 where id = 'x'`);
  expect((await sweepEta(store.db, await sweep())).predictions).toEqual([]);
});

test('an end is as uncertain as those of finished sweeps were when they had about as long to go, without those that waited by request', async () => {
  await store.db.query(`update sweeps set state = 'running', ended_at = null where id = 'x'`);
  const { eta: alone } = await sweepEta(store.db, await sweep());
  // each took twice as long as expected, c with a tenth as long to go, and g was paused
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
    await store.db.query(`insert into sweeps (id, name, state, version, spec, spec_hash, ended_at) values ($1, $1, 'done', 1, '{}', 'h', clock_timestamp())`, [id]);
    await store.db.query(`insert into eta_predictions (sweep_id, version, moment, at, seconds, low, high, slots) select id, 1, 25, ended_at - 2 * $2 * interval '1 second', $2, 1, 1, 1 from sweeps where id = $1`, [id, alone!.seconds * (id === 'c' ? 0.1 : 0.9)]);
  }
  await store.db.query(`insert into events (type, sweep_id, data) values ('sweep.paused', 'g', '{}')`);
  const { eta } = await sweepEta(store.db, await sweep());
  // five errors of ln 2: Student's t at 4 degrees of freedom
  expect([eta!.seconds, Math.log(eta!.high / eta!.low)]).toEqual([alone!.seconds, expect.closeTo(2 * 2.7764 * Math.LN2 / 0.6745, 3)]);
});
