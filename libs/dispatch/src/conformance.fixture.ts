import { setTimeout as sleep } from 'node:timers/promises';
import { contentId } from '@elucidate/experiment/canonical';
import type { StageKind } from '@elucidate/experiment/stages';
import { localPrincipal } from '@elucidate/store/principal';
import { computeDigest, expectedMetrics } from './execute.fixture.js';
import { claim } from './lease.js';
import { allKinds, fanSketch, sketchSweep } from './plan.fixture.js';
import type { Queue, QueueJob } from './queue.js';
import { reconcile } from './reconcile.js';
import { pauseSweep, prioritiseSweep, resumeSweep } from './steer.js';
import { openTestStore, type TestStore } from './store.fixture.js';
import { plannedSweep, submitPlan } from './submit.js';
import { runWorker } from './work.js';

export interface QueueUnderTest {
  /** Opens the same queue; calling it twice gives two clients of one queue. */
  open(): Promise<Queue>;
  /** Loses everything the queue holds, as a flushed or restored store would. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

const jobs = (count: number, kind: StageKind = 'train'): QueueJob[] =>
  Array.from({ length: count }, (_, position) => ({ stageId: contentId([kind, position]), kind, token: 0, position }));

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

/** A promise to be resolved from outside. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Tests that every queue must pass. */
export function describeQueue(name: string, start: (database: TestStore) => Promise<QueueUnderTest>): void {
  describe(`queue: ${name}`, () => {
    let database: TestStore;
    let under: QueueUnderTest;
    let queue: Queue;

    beforeEach(async () => {
      database = await openTestStore();
      under = await start(database);
      queue = await under.open();
    });

    afterEach(async () => {
      await queue.close();
      await under.close();
      await database.close();
    });

    test('every job is delivered once, including those added while others are being handled', async () => {
      const seen: string[] = [];
      queue.consume({ kinds: allKinds, slots: 3, handler: async ({ stageId }) => void seen.push(stageId) });
      const [trains, scores] = [jobs(20), jobs(20, 'score')];
      await queue.add(trains);
      await queue.add(scores);
      await until(() => seen.length >= 40);
      await queue.close();
      expect(seen.sort()).toEqual([...trains, ...scores].map(({ stageId }) => stageId).sort());
    });

    test('adding a job that is already waiting adds nothing', async () => {
      await queue.add(jobs(3));
      await queue.add(jobs(4));
      expect(await queue.depth()).toMatchObject({ train: 4, score: 0 });
    });

    test('says which jobs it does not have', async () => {
      const [trains, scores] = [jobs(4), jobs(3, 'score')];
      await queue.add([...trains.slice(1), ...scores.slice(0, 2)]);
      expect(await queue.lacking([...trains, ...scores])).toEqual([trains[0], scores[2]]);
      const taken: QueueJob[] = [];
      queue.consume({ kinds: ['score'], slots: 1, handler: async (job) => void taken.push(job) });
      await until(() => taken.length === 2);
      expect(await queue.lacking(scores)).toEqual(scores);
    });

    test('among jobs of one kind, the one earlier in the plan is delivered first', async () => {
      const positions: number[] = [];
      await queue.add(jobs(6).reverse());
      queue.consume({ kinds: ['train'], slots: 1, handler: async ({ position }) => void positions.push(position) });
      await until(() => positions.length === 6);
      expect(positions).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test('no more jobs run at once than there are slots, over all kinds', async () => {
      let [running, most, handled] = [0, 0, 0];
      await queue.add([...jobs(8), ...jobs(8, 'sample'), ...jobs(8, 'score')]);
      const handler = async (): Promise<void> => {
        most = Math.max(most, ++running);
        await sleep(5);
        running -= 1;
        handled += 1;
      };
      queue.consume({ kinds: allKinds, slots: 2, handler });
      await until(() => handled === 24);
      expect(most).toBe(2);
    });

    test('jobs that wait when a consumer comes fill all of its slots', async () => {
      const full = gate();
      let [running, handled] = [0, 0];
      await queue.add(jobs(6));
      queue.consume({ kinds: ['train'], slots: 6, handler: async () => {
        running += 1;
        if (running === 6) full.open();
        await Promise.race([full.opened, sleep(60_000, undefined, { ref: false })]);
        running -= 1;
        handled += 1;
      } });
      await Promise.race([full.opened, until(() => handled === 6)]);
      expect(running).toBe(6);
    });

    test('jobs of kinds that no consumer takes stay queued', async () => {
      let handled = 0;
      await queue.add([...jobs(3), ...jobs(2, 'score')]);
      queue.consume({ kinds: ['score'], slots: 2, handler: async () => void handled++ });
      await until(() => handled === 2);
      expect(await queue.depth()).toMatchObject({ train: 3, score: 0 });
    });

    test('two consumers share the jobs', async () => {
      const both = gate();
      const taken = [new Set<string>(), new Set<string>()];
      const clients = [queue, await under.open()];
      for (const [i, client] of clients.entries()) {
        const handler = async ({ stageId }: QueueJob): Promise<void> => {
          taken[i]?.add(stageId);
          if (taken.every(({ size }) => size > 0)) both.open();
          await both.opened;
        };
        client.consume({ kinds: allKinds, slots: 2, handler });
      }
      await queue.add(jobs(10));
      await until(() => taken.reduce((sum, { size }) => sum + size, 0) === 10);
      await Promise.all(clients.map((client) => client.close()));
      expect(new Set(taken.flatMap((set) => [...set])).size).toBe(10);
    });

    test('a queue can be closed while its consumer is still connecting', async () => {
      const hasty = await under.open();
      const consumer = hasty.consume({ kinds: allKinds, slots: 2, handler: async () => undefined });
      await consumer.close();
      await hasty.close();
    });

    test('closing a consumer waits for the jobs it is handling and leaves the rest to others', async () => {
      const [started, finish] = [gate(), gate()];
      const handled: string[] = [];
      const consumer = queue.consume({ kinds: ['train'], slots: 1, handler: async ({ stageId }) => {
        started.open();
        await finish.opened;
        handled.push(stageId);
      } });
      await queue.add(jobs(3));
      await started.opened;
      const closed = consumer.close();
      finish.open();
      await closed;
      expect(handled).toHaveLength(1);
      const seen: string[] = [];
      queue.consume({ kinds: ['train'], slots: 1, handler: async ({ stageId }) => void seen.push(stageId) });
      await until(() => seen.length === 2);
      expect(new Set([...handled, ...seen]).size).toBe(3);
    });

    test('a handler that throws is reported and frees its slot', async () => {
      const errors: unknown[] = [];
      let handled = 0;
      queue.consume({ kinds: ['train'], slots: 1, onError: (error) => errors.push(error), handler: async ({ position }) => {
        if (position === 0) throw new Error('first');
        handled += 1;
      } });
      await queue.add(jobs(2));
      await until(() => handled === 1);
      expect(errors).toEqual([new Error('first')]);
    });

    test('a stage whose worker died is delivered again once its lease has expired', async () => {
      const { store } = database;
      const { plan } = sketchSweep([{ kind: 'train', inputs: [] }]);
      await submitPlan(store, queue, plannedSweep({ name: 'one' }, plan), { principal: localPrincipal });
      const taken: number[] = [];
      queue.consume({ kinds: ['train'], slots: 1, handler: async ({ stageId, token }) => {
        await claim(store.db, stageId, { workerId: 'mortal', leaseMs: 1 });
        // until the claim, the stage is ready and may be queued under the same token again
        taken.push(token);
      } });
      await until(() => taken.length === 1);
      await until(async () => (await reconcile(store, queue, { minAgeMs: 0 })).queued > 0);
      await until(() => taken.length === 2);
      expect(taken).toEqual([0, 1]);
    });

    test('a paused sweep stays so although the queue loses everything, and goes on when it is resumed', async () => {
      const { store, home } = database;
      const [first, second] = [sketchSweep(fanSketch(3), 'paused'), sketchSweep(fanSketch(3), 'going')];
      const stop = new AbortController();
      const paused = (await submitPlan(store, queue, first, { principal: localPrincipal })).sweepId;
      await pauseSweep(store, paused, localPrincipal);
      await under.wipe();
      const working = runWorker({ store, queue, execute: computeDigest, workerId: 'w', kinds: allKinds, slots: 2, home, engine: 'test', reconcileMs: 40, signal: stop.signal, log: () => undefined });
      const going = (await submitPlan(store, queue, second, { principal: localPrincipal })).sweepId;
      const ended = async (id: string): Promise<boolean> => (await store.db.query('select state from sweeps where id = $1', [id]))[0].state === 'done';
      await until(() => ended(going));
      await reconcile(store, queue, { minAgeMs: 0 });
      expect(await store.db.query(`select sum(token)::int as tokens from stages s join sweep_stages ss on ss.stage_id = s.id where ss.sweep_id = $1`, [paused])).toEqual([{ tokens: 0 }]);
      // jobs that were in the queue twice are used up by and by; none of the paused sweep comes
      await until(async () => Object.values(await queue.depth()).every((jobs) => jobs === 0));
      await resumeSweep(store, queue, paused, localPrincipal);
      await under.wipe();
      await until(() => ended(paused));
      stop.abort();
      await working;
    });

    test('workers share what they do between sweeps, a small one behind a large one, and keep to a limit', async () => {
      const { store, home } = database;
      const trains = (count: number) => sketchSweep(Array.from({ length: count }, () => ({ kind: 'train' as const, inputs: [] })), `${count} trains`);
      const stop = new AbortController();
      const order: string[] = [];
      let [now, most] = [0, 0];
      const smallPlan = trains(10);
      const smallIds = new Set(smallPlan.plan.stages.map(({ id }) => id));
      const execute: typeof computeDigest = async (task, hooks) => {
        order.push(smallIds.has(task.stageId) ? 'small' : 'large');
        if (order.at(-1) === 'small') most = Math.max(most, ++now);
        await sleep(5);
        if (smallIds.has(task.stageId)) now -= 1;
        return computeDigest(task, hooks);
      };
      const large = (await submitPlan(store, queue, trains(60), { principal: localPrincipal })).sweepId;
      const small = (await submitPlan(store, queue, smallPlan, { principal: localPrincipal })).sweepId;
      await prioritiseSweep(store, { sweepId: small, principal: localPrincipal, precedence: { concurrency: 2 } });
      const queues = await Promise.all([under.open(), under.open()]);
      const workers = queues.map((own, i) => runWorker({ store, queue: own, execute, workerId: `${i}`, kinds: allKinds, slots: 2, home, engine: 'test', reconcileMs: 40, signal: stop.signal, log: () => undefined }));
      const ended = async (id: string): Promise<boolean> => (await store.db.query('select state from sweeps where id = $1', [id]))[0].state === 'done';
      await until(async () => (await ended(small)) && (await ended(large)));
      stop.abort();
      await Promise.all(workers);
      await Promise.all(queues.map((own) => own.close()));
      expect(most).toBeLessThanOrEqual(2);
      // half of the turns, and a few more where a claim found its limit reached
      expect(order.lastIndexOf('small')).toBeLessThan(40);
    });

    test('a sweep completes although the queue loses everything half-way', async () => {
      const { store, home } = database;
      const planned = sketchSweep(fanSketch(6));
      const stop = new AbortController();
      const execute: typeof computeDigest = async (task, hooks) => {
        if (task.kind !== 'extractor') await under.wipe();
        return computeDigest(task, hooks);
      };
      const working = runWorker({ store, queue, execute, workerId: 'w', kinds: allKinds, slots: 2, home, engine: 'test', reconcileMs: 40, signal: stop.signal, log: () => undefined });
      const { sweepId } = await submitPlan(store, queue, planned, { principal: localPrincipal });
      await until(async () => (await store.db.query('select state from sweeps where id = $1', [sweepId]))[0].state === 'done');
      stop.abort();
      await working;
      const metrics: { stage_id: string; value: number }[] = await store.db.query('select stage_id, value from metrics');
      expect(Object.fromEntries(metrics.map(({ stage_id, value }) => [stage_id, value]))).toEqual(expectedMetrics(planned.plan.stages));
    });
  });
}
