import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.js';
import { installation, type Installation, type Worker } from './installation.js';
import { tinySpec } from './tiny-spec.js';

let here: Installation;
beforeEach(async () => {
  here = await installation();
});
afterEach(() => here.remove());

/** A worker in the middle of a long training run that has a checkpoint. */
async function training(...args: string[]): Promise<{ worker: Worker; stageId: string }> {
  const api = await here.startApi();
  const worker = await here.startWorker(['--kinds', 'train', '--slots', '1', '--checkpoint-seconds', '0.1', ...args]);
  await api.submit(tinySpec({ name: 'long', images: 400_000 }));
  const stageId = await eventually('a checkpoint', async () => {
    const [stage] = await here.sql<{ id: string }>(`select id from stages where state = 'running' and progress is not null`);
    return stage && existsSync(join(here.home, 'checkpoints', stage.id)) && stage.id;
  });
  return { worker, stageId };
}

const handedBack = async (stageId: string): Promise<void> => {
  expect(await here.sql('select state, counted_attempts from stages where id = $1', [stageId])).toEqual([{ state: 'ready', counted_attempts: 0 }]);
  expect(await here.sql('select outcome from attempts where stage_id = $1', [stageId])).toEqual([{ outcome: 'released' }]);
};

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s to a whole process group, and again, costs no attempt', async (signal) => {
  const { worker, stageId } = await training();
  const ended = eventually('the end of the worker', async () => worker.output().includes('stopping') && worker.end(signal));
  process.kill(-worker.pid, signal);
  await sleep(20);
  process.kill(-worker.pid, signal);
  expect(await ended).toEqual({ code: 0, signal: null });
  await handedBack(stageId);
});

test('a worker whose time is over hands its stage back', async () => {
  const { worker, stageId } = await training('--max-time', '0:00:15');
  await eventually('the end of its time', async () => worker.output().includes('the time is over'));
  expect((await worker.ended).code).toBe(0);
  await handedBack(stageId);
});

test('a worker ends when it has been idle for long enough', async () => {
  await here.startApi();
  const worker = await here.startWorker(['--exit-when-idle', '2']);
  expect((await worker.ended).code).toBe(0);
  expect(worker.output()).toContain('stopping: nothing to do');
});
