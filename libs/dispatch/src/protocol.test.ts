import fc from 'fast-check';
import { histories, runHistory } from './protocol.fixture.js';
import { openTestStore, type TestStore } from './store.fixture.js';

let database: TestStore;

beforeAll(async () => {
  database = await openTestStore();
});
afterAll(() => database.close());

const check = (runs: number, replay: { seed?: number; path?: string } = {}): Promise<void> =>
  fc.assert(fc.asyncProperty(histories, (history) => runHistory(database, history)), { numRuns: runs, endOnFailure: true, ...replay });

test('whatever happens, the functions of the database do what the model does', () => check(Number(process.env['ELUCIDATE_HISTORIES'] ?? 24)));

/**
 * A fault in the protocol: a function of the database, the text in it, and what stands there instead. `first`: the number of the history that meets it, of
 * those that seed 7 makes. If they change, the search from there on finds another.
 */
const mutations: readonly [fault: string, first: number, name: string, text: string, instead: string][] = [
  ['a token does not grow', 1, 'claim_stages', 'stages.token + 1', 'greatest(stages.token, 1)'],
  ['a stage of another code version is claimed', 0, 'claim_stages', '(versions is null', '(true'],
  ['a completion under an old token is accepted', 1, 'close_leases', 's.token in (select token', 's.token >= (select min(token)'],
  ['a failure under an old token is counted', 1, 'end_attempt', 'id = of_stage and token = of_token and state', 'id = of_stage and state'],
  ['a repeated completion is refused', 9, 'close_leases', `s.state = 'done' and`, 'false and'],
  ['a completion leaves no mark', 7, 'close_leases', 'perform unsettle(mine)', 'perform 1'],
  ['a stage is ready when an input runs', 1, 'ready_stages', `d.state <> 'done'`, `d.state not in ('done', 'running')`],
  ['ready stages do not wait for an input made again', 38, 'unready_stages', `and state = 'ready'`, 'and false'],
  ['waiting stages do not fail with their input', 16, 'fail_followers', `in ('waiting', 'ready')`, `in ('ready')`],
  ['the first open stage is watched, not the last', 1, 'watch_sweep', 'position desc', 'position'],
  ['cancelling takes what another sweep needs', 0, 'cancel_stages', 'not exists', 'false and exists'],
  ['what all share counts against a stage', 20, 'end_attempt', `(ending->>'counted')::boolean`, 'true'],
  ['an attempt is counted twice', 1, 'end_attempt', 'counted_attempts + counts', 'counted_attempts + 2 * counts'],
  ['a released stage keeps running', 13, 'release_stage', `state = 'ready'`, `state = 'running'`],
  ['an expired lease is left', 98, 'expire_leases', 'lease_expires_at < least(seen_at, clock_timestamp())', 'false'],
  ['standing still costs attempts', 64, 'expire_leases', `stage.lease_expires_at >= coalesce((select woke_at from passes), '-infinity')`, 'true'],
  ['the pass that wakes up ends leases at once', 71, 'pass', 'p.woke_at is not distinct from now_at', 'false'],
  ['stages that failed do not start again', 16, 'settle_sweep', `or state in ('failed', 'quarantined') and ended_at < mark.restart_before`, ''],
  ['a stage of a paused sweep is claimed', 13, 'claim_stages', 'w.paused_at is null', 'true'],
  ['a stopped sweep starts other cells', 22, 'claim_stages', 'w.stopped_at is null', 'true'],
  ['a stopped sweep is over while its cells run', 15, 'watch_sweep', 'not stopping or', 'not stopping or false and'],
  ['the rest of a stopped sweep stays', 0, 'watch_sweep', 'if stopping then', 'if false then'],
  ['times that lie too far ahead stay', 47, 'bound_times', `state = 'ready' and`, 'false and'],
];

test.each(mutations)('the model differs when %s', async (...[, first, name, text, instead]) => {
  const { db } = database.store;
  const [{ definition }] = await db.query<[{ definition: string }]>('select pg_get_functiondef($1::regproc) as definition', [name]);
  const mutated = definition.replaceAll(text, instead);
  expect(mutated).not.toBe(definition);
  await db.query(mutated);
  try {
    await expect(check(300, { seed: 7, path: `${first}` })).rejects.toThrow();
  } finally {
    await db.query(definition);
    // what the fault left behind
    await db.query('truncate unsettled_stages, unsettled_sweeps');
  }
});
