import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { localPrincipal } from '@elucidate/store/principal';
import { openStore, type Store } from '@elucidate/store/store';
import fc from 'fast-check';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { deleteSweep } from './delete.js';
import { editSweep } from './edit.js';
import { fail } from './fail.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat, release, type ClaimedStage, type Lease } from './lease.js';
import { restartLost } from './lost-stages.js';
import { sketchSweep, type Sketch } from './plan.fixture.js';
import { reconcile } from './reconcile.js';
import { retryFailed } from './retry.js';
import { result, worker } from './stage-table.fixture.js';
import { pauseSweep, prioritiseSweep, resumeSweep, stopSweep } from './steer.js';
import { openTestStore, type TestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

/** Several processes at once, each doing what comes to it; what they leave is looked at once they are through. */

let database: TestStore;
let stores: Store[];
const queue = createInlineQueue();

beforeAll(async () => {
  database = await openTestStore();
  stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ url: database.url, artifacts: join(database.home, 'artifacts'), poolSize: 4, onError: () => undefined })));
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await database.close();
});

const query = <T>(text: string, params: unknown[] = []): Promise<T[]> => database.store.db.query(text, params);

const acts = ['work', 'break', 'lose', 'submit', 'cancel', 'retry', 'expire', 'hand back', 'pause', 'resume', 'stop', 'edit', 'limit', 'delete'] as const;
type Act = (typeof acts)[number];
const act = fc.constantFrom<Act>('work', 'work', 'work', 'work', 'edit', 'resume', ...acts);

const sketch: Sketch[] = [
  { kind: 'train', inputs: [] }, { kind: 'train', inputs: [] }, { kind: 'sample', inputs: [0, 1] }, { kind: 'sample', inputs: [1] }, { kind: 'embed', inputs: [2, 3] }, { kind: 'score', inputs: [0, 4] }, { kind: 'score', inputs: [4, 1] },
];

/** One process's part in a world of one plan, of which sweeps take the first stages. */
async function play(store: Store, salt: string, part: readonly { what: Act; choice: number }[]): Promise<void> {
  const plan = (width: number): ReturnType<typeof sketchSweep> => sketchSweep(sketch.slice(0, width), salt);
  const unless = (...codes: string[]) => (error: ElucidateError): void => {
    if (!codes.includes(error.code)) throw error;
  };
  const ids = plan(sketch.length).plan.stages.map(({ id }) => id);
  for (const { what, choice } of part) {
    const id = ids[choice % ids.length] ?? '';
    const sweeps = await store.db.query<{ id: string }[]>('select id from sweeps where name = $1 order by id', [`sketch${salt}`]);
    const sweep = sweeps[choice % Math.max(1, sweeps.length)]?.id ?? '';
    const lease = takesOne.includes(what) ? await claimFirst(store, [...ids.slice(choice % ids.length), ...ids.slice(0, choice % ids.length)]) : null;
    if (what === 'work' && lease) await complete(store.db, lease, result).catch(onlyStale);
    else if (what === 'break' && lease) await fail(store.db, lease, new ElucidateError(choice % 2 === 0 ? 'stage.diverged' : 'artifact.missing', 'broken'), { backoffMs: 0 });
    else if (what === 'hand back' && lease) await release(store.db, lease);
    else if (what === 'lose') await restartLost(store, await store.db.query<Lease[]>(`select id as "stageId", token::int from stages where id = $1 and state = 'done'`, [id]));
    else if (what === 'submit') await submitPlan(store, queue, plan(1 + (choice % sketch.length)), { principal: localPrincipal });
    else if (what === 'cancel') await cancelSweep(store, sweep, localPrincipal).catch(unless('sweep.ended', 'not_found'));
    else if (what === 'retry') await retryFailed(store, queue, sweep, localPrincipal).catch(unless('not_found'));
    else if (what === 'pause') await pauseSweep(store, sweep, localPrincipal).catch(unless('sweep.ended', 'not_found'));
    else if (what === 'resume') await resumeSweep(store, queue, sweep, localPrincipal).catch(unless('sweep.ended', 'not_found'));
    else if (what === 'stop') await stopSweep(store, sweep, localPrincipal).catch(unless('sweep.ended', 'not_found'));
    else if (what === 'edit') await editSweep(store, queue, plan(1 + (choice % sketch.length)), { sweepId: sweep, principal: localPrincipal, version: null }).catch(unless('not_found', 'sweep.changed'));
    else if (what === 'limit') await prioritiseSweep(store, { sweepId: sweep, principal: localPrincipal, precedence: { concurrency: choice % 3 === 0 ? null : choice % 3 } }).catch(unless('not_found'));
    else if (what === 'delete') await deleteSweep(store, sweep).catch(unless('not_found', 'request.conflict'));
    else if (what === 'expire') await store.db.query(`update stages set lease_expires_at = clock_timestamp() - interval '1 s' where id = $1 and state = 'running'`, [id]).then(() => reconcile(store, queue, { minAgeMs: 0, cutOffAfterMs: 0 }));
    if (lease) await heartbeat(store.db, lease, 60_000);
  }
}

const takesOne: readonly Act[] = ['work', 'break', 'hand back'];

async function claimFirst(store: Store, ids: readonly string[]): Promise<ClaimedStage | null> {
  for (const id of ids) {
    const lease = await claim(store.db, id, worker);
    if (lease !== null) return lease;
  }
  return null;
}

const onlyStale = (error: ElucidateError): never[] => {
  if (error.code !== 'lease.stale') throw error;
  return [];
};

const ofNobody = 'an open stage belongs to no running sweep';

/** Each is empty if the invariants of docs/protocol.md hold. */
const broken: Record<string, string> = {
  'a waiting stage could be ready': `select id from stages s where state = 'waiting' and not exists (select from stage_inputs i join stages d on d.id = i.input_id where i.stage_id = s.id and d.state <> 'done')
    and exists (select from sweep_stages where stage_id = s.id)`,
  'a ready stage lacks an input': `select s.id from stages s join stage_inputs i on i.stage_id = s.id join stages d on d.id = i.input_id where s.state = 'ready' and d.state <> 'done'`,
  'an open stage has a failed input': `select s.id from stages s join stage_inputs i on i.stage_id = s.id join stages d on d.id = i.input_id where s.state in ('waiting', 'ready') and d.state in ('failed', 'quarantined')`,
  'a running sweep has no open stage': `select id from sweeps w where state = 'running' and not exists (select from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = w.id and s.state in ('waiting', 'ready', 'running'))`,
  'a running sweep has a cancelled stage': `select w.id from sweeps w join sweep_stages ss on ss.sweep_id = w.id join stages s on s.id = ss.stage_id where w.state = 'running' and s.state = 'cancelled'`,
  'a done stage has not its results, or another has some': `select id from stages s where (select count(*) from metrics m where m.stage_id = s.id) <> case when state = 'done' then 1 else 0 end`,
  'tokens and attempts differ': `select id from stages s where token <> (select count(*) from attempts a where a.stage_id = s.id) + coalesce((select token from retired_tokens r where r.stage_id = s.id), 0)`,
  'an ended attempt is open, or an open one ended': `select s.id from stages s join attempts a on a.stage_id = s.id where (a.outcome is null) <> (s.state = 'running' and a.token = s.token)`,
  'something is unsettled': 'select stage_id from unsettled_stages union all select sweep_id from unsettled_sweeps union all select stage_id from dropped_stages union all select id from edits',
  [ofNobody]: `select id, state from stages s where (state = 'running' or state = 'ready' and exists (select from sweep_stages ss where ss.stage_id = s.id))
    and not exists (select from sweep_stages ss join sweeps w on w.id = ss.sweep_id where ss.stage_id = s.id and w.state = 'running')`,
  'a ready stage of a running sweep has no place, or another stage has one': `select ss.stage_id, s.state from sweep_stages ss join stages s on s.id = ss.stage_id join sweeps w on w.id = ss.sweep_id
    left join ready_places p on p.stage_id = ss.stage_id and p.sweep_id = ss.sweep_id where s.state = 'ready' and w.state = 'running' and p.stage_id is null or s.state <> 'ready' and p.stage_id is not null`,
  'a sweep that is being stopped wants nothing': `select w.id from sweeps w where w.state = 'running' and w.stopped_at is not null and not exists (select from sweep_stages ss join stages s on s.id = ss.stage_id
    where ss.sweep_id = w.id and (s.state = 'running' or s.state in ('waiting', 'ready') and exists (select from kept_stages k where k.sweep_id = w.id and k.stage_id = s.id)))`,
};

test('two stages that fail at the same moment, with all that needs them, end their sweep', async () => {
  const twice: Sketch[] = [{ kind: 'train', inputs: [] }, { kind: 'train', inputs: [] }, { kind: 'sample', inputs: [0] }, { kind: 'sample', inputs: [1] }];
  const planned = sketchSweep(twice, 'at the same moment');
  const { sweepId } = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
  const ids = planned.plan.stages.map(({ id }) => id);
  const [first, second] = [await claim(database.store.db, ids[0]!, worker), await claim(database.store.db, ids[1]!, worker)];
  const error = new ElucidateError('stage.diverged', 'Loss is NaN');
  // the sweep watches its last stage, which fails with the second training run; that is not committed yet when the first one fails
  const ending = { outcome: 'failed', retryable: false, killed: false, counted: true, maxAttempts: 3, backoffMs: 0, brief: '', error: { code: error.code, message: error.message } };
  await query('select end_attempt($1, $2, $3)', [second!.stageId, second!.token, JSON.stringify(ending)]);
  await database.store.db.transaction(async (tx) => {
    await tx.query('select settle_stages($1)', [[second!.stageId]]);
    await fail(database.store.db, first!, error);
  });
  await reconcile(database.store, queue, { minAgeMs: 0, cutOffAfterMs: 0 });
  expect(await query('select state from sweeps where id = $1', [sweepId])).toEqual([{ state: 'failed' }]);
});

test('whatever processes do at once, what they leave keeps the invariants', async () => {
  const parts = fc.array(fc.array(fc.record({ what: act, choice: fc.nat({ max: 20 }) }), { minLength: 5, maxLength: 12 }), { minLength: 4, maxLength: 4 });
  await fc.assert(fc.asyncProperty(parts, async (acts) => {
    await query('delete from sweeps');
    await query('truncate stages cascade');
    const salt = String(Math.random());
    await submitPlan(database.store, queue, sketchSweep(sketch, salt), { principal: localPrincipal });
    await Promise.all(acts.map((part, index) => play(stores[index] ?? database.store, salt, part)));
    for (let pass = 0; pass < 2; pass++) await reconcile(database.store, queue, { minAgeMs: 0, cutOffAfterMs: 0 });
    // what starts again because its files were lost is for the stages that read it, in whichever sweep
    const held = Object.entries(broken).filter(([what]) => what !== ofNobody || !acts.flat().some((one) => one.what === 'lose'));
    expect(Object.fromEntries(await Promise.all(held.map(async ([what, text]) => [what, await query(text)] as const)))).toEqual(Object.fromEntries(held.map(([what]) => [what, []])));
  }), { numRuns: Number(process.env['ELUCIDATE_HISTORIES'] ?? 8), endOnFailure: true });
});
