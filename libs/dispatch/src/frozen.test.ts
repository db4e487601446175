import { join } from 'node:path';
import { localPrincipal } from '@elucidate/store/principal';
import { openStore, type Store } from '@elucidate/store/store';
import type { DataSource, EntityManager } from 'typeorm';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { editSweep } from './edit.js';
import { fail } from './fail.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat, release, reportProgress, type ClaimedStage } from './lease.js';
import { sketchSweep, type Sketch } from './plan.fixture.js';
import { reconcile } from './reconcile.js';
import { retryFailed, retryStages } from './retry.js';
import { result, stageTable, worker } from './stage-table.fixture.js';
import { pauseSweep, resumeSweep, stopSweep } from './steer.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

const database = useTestStore();
/** The connections of processes that freeze. */
let sleepers: Store;
const queue = createInlineQueue();
const table = stageTable(database, queue);

beforeAll(async () => {
  sleepers = await openStore({ url: database.url, artifacts: join(database.home, 'artifacts'), poolSize: 40, onError: () => undefined });
});

type Query = (text: string, params?: unknown[]) => Promise<unknown>;

/** The store of a process that stops for good once it has sent `after` statements: their effects, locks and open transactions stay. */
function freezing(store: Store, after: number): { store: Store; frozen: Promise<void>; settled(): Promise<unknown> } {
  let left = after;
  const sent: Promise<unknown>[] = [];
  let freeze = (): void => undefined;
  const frozen = new Promise<void>((resolve) => {
    freeze = resolve;
  });
  const stopping = (query: Query): Query => async (text, params) => {
    if (left === 0) freeze();
    if (left <= 0) return new Promise(() => undefined);
    left -= 1;
    const answer = query(text, params);
    sent.push(answer);
    return answer;
  };
  const manager = (tx: EntityManager): EntityManager => new Proxy(tx, { get: (target, key) => (key === 'query' ? stopping(target.query.bind(target) as Query) : Reflect.get(target, key, target)) });
  const transaction = (work: (tx: EntityManager) => Promise<unknown>): Promise<unknown> => store.db.transaction(async (tx) => {
    // it does not end by itself: others that wait for it would wait without end
    await tx.query('set local idle_in_transaction_session_timeout = 0');
    const made = await work(manager(tx));
    // the commit is a statement too
    if (left === 0) freeze();
    return left <= 0 ? new Promise(() => undefined) : made;
  });
  const db = new Proxy(store.db, { get: (target, key) => {
    if (key === 'query') return stopping(target.query.bind(target) as Query);
    return key === 'transaction' ? transaction : Reflect.get(target, key, target);
  } });
  return { store: { ...store, db: db as DataSource }, frozen, settled: () => Promise.allSettled(sent) };
}

// two runs that a score needs, a third that another score needs, and one more sample of the first
const sketch: Sketch[] = [{ kind: 'train', inputs: [] }, { kind: 'train', inputs: [] }, { kind: 'score', inputs: [0, 1] }, { kind: 'sample', inputs: [0] }];

interface Scene {
  sweepId: string;
  ids: string[];
  lease: ClaimedStage;
  /** Of a plan that two submit at once. */
  salt: string;
}

const transitions: Record<string, (store: Store, scene: Scene) => Promise<unknown>> = {
  claim: (store, { ids }) => claim(store.db, ids[1] ?? '', worker),
  heartbeat: (store, { lease }) => heartbeat(store.db, lease, 60_000),
  progress: (store, { lease }) => reportProgress(store.db, lease, { fraction: 0.5, note: '' }),
  release: (store, { lease }) => release(store.db, lease),
  complete: (store, { lease }) => complete(store.db, lease, result),
  fail: (store, { lease }) => fail(store.db, lease, new Error('broken')),
  submit: (store, { salt }) => submitPlan(store, queue, sketchSweep([...sketch, { kind: 'sample', inputs: [1] }], salt), { principal: localPrincipal }),
  cancel: (store, { sweepId }) => cancelSweep(store, sweepId, localPrincipal),
  retry: (store, { sweepId }) => retryFailed(store, queue, sweepId, localPrincipal),
  pause: (store, { sweepId }) => pauseSweep(store, sweepId, localPrincipal),
  resume: (store, { sweepId }) => resumeSweep(store, queue, sweepId, localPrincipal),
  stop: (store, { sweepId }) => stopSweep(store, sweepId, localPrincipal),
  'retry of one stage': (store, { sweepId, ids }) => retryStages(store, queue, { sweepId, principal: localPrincipal, stages: ids }),
  edit: (store, { sweepId, salt }) => editSweep(store, queue, sketchSweep([...sketch, { kind: 'sample', inputs: [1] }], salt), { sweepId, principal: localPrincipal, version: null }),
  reconcile: (store) => reconcile(store, queue, { minAgeMs: 0, cutOffAfterMs: 0 }),
};

const cases = Object.keys(transitions).flatMap((name) => Array.from({ length: 7 }, (_, after) => [name, after] as const));

test.each(cases)('a process that freezes during its %s, after %d statements, holds up nobody', async (name, after) => {
  const scene = await table.submitted(sketch);
  const lease = await table.claimed(scene.ids[0]);
  const salt = `${name} ${after}`;
  const sleeper = freezing(sleepers, after);
  const call = transitions[name]?.(sleeper.store, { ...scene, lease, salt });
  await Promise.race([call, sleeper.frozen]);
  // statements that were sent before are carried out
  await sleeper.settled();

  // everything that others do at that moment, beside it and to the same stages, goes on
  const other = sketchSweep([...sketch, { kind: 'embed', inputs: [0] }], salt);
  const { sweepId } = await submitPlan(database.store, queue, other, { principal: localPrincipal });
  for (const stage of other.plan.stages) await complete(database.store.db, await table.claimed(stage.id), result);
  expect(await table.sweepState(sweepId)).toBe('done');
  await heartbeat(database.store.db, lease, 60_000);
  await complete(database.store.db, lease, result).catch(() => undefined);
  await retryFailed(database.store, queue, scene.sweepId, localPrincipal);
  await cancelSweep(database.store, scene.sweepId, localPrincipal);
  await reconcile(database.store, queue, { minAgeMs: 0 });
  expect(await table.sweepState(scene.sweepId)).toBe('cancelled');
});
