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

/** A worker in the middle of the training run, which has a checkpoint. */
async function training(): Promise<{ worker: Worker; stageId: string }> {
  const worker = await here.startWorker(['--kinds', 'train', '--slots', '1', '--checkpoint-seconds', '0.1']);
  const stageId = await eventually('a checkpoint', async () => {
    const [stage] = await here.sql<{ id: string }>(`select id from stages where state = 'running' and progress is not null`);
    return stage && existsSync(join(here.home, 'checkpoints', stage.id)) && stage.id;
  });
  return { worker, stageId };
}

/** After so many attempts. */
const handedBack = async (stageId: string, attempts = 1): Promise<void> => {
  expect(await here.sql('select state, counted_attempts from stages where id = $1', [stageId])).toEqual([{ state: 'ready', counted_attempts: 0 }]);
  expect(await here.sql('select outcome from attempts where stage_id = $1', [stageId])).toEqual(Array.from({ length: attempts }, () => ({ outcome: 'released' })));
};

/** A group that has ended already hears nothing. */
function signalGroup({ pid }: Worker, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

test('SIGTERM, SIGINT or SIGHUP to a whole process group, and again, costs no attempt', async () => {
  const api = await here.startApi();
  await api.submit(tinySpec({ name: 'long', images: 400_000 }));
  for (const [before, signal] of (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).entries()) {
    const { worker, stageId } = await training();
    const ended = eventually('the end of the worker', async () => worker.output().includes('stopping') && worker.end(signal));
    signalGroup(worker, signal);
    await sleep(20);
    signalGroup(worker, signal);
    expect({ sent: signal, ...(await ended) }).toEqual({ sent: signal, code: 0, signal: null });
    await handedBack(stageId, before + 1);
  }
});

test('a worker whose time is over hands its stage back', async () => {
  const api = await here.startApi();
  await api.submit(tinySpec({ name: 'long', images: 400_000 }));
  // on a busy machine its time may be over before it has come to a stage: then it gets twice as much
  for (let seconds = 10; ; seconds *= 2) {
    const worker = await here.startWorker(['--kinds', 'train', '--slots', '1', '--max-time', `0:0${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`]);
    expect((await worker.ended).code).toBe(0);
    expect(worker.output()).toContain('the time is over');
    const [attempt] = await here.sql<{ stage_id: string }>('select stage_id from attempts');
    if (attempt !== undefined) return handedBack(attempt.stage_id);
    expect(seconds).toBeLessThan(300);
  }
});

test('a worker ends when it has been idle for long enough', async () => {
  await here.startApi();
  const worker = await here.startWorker(['--exit-when-idle', '2']);
  expect((await worker.ended).code).toBe(0);
  expect(worker.output()).toContain('stopping: nothing to do');
});
