import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { StageTask } from '@elucidate/experiment/execution';
import { stageProcesses, type StageProcesses } from './processes.js';
import { hashesOf, recordingHooks, testHome, tinyTraining, workshop } from '@elucidate/stages/stages.fixture';

const setup = { backend: 'auto', threads: 1, home: testHome } as const;
const dist = join(__dirname, '..', 'dist', 'processes.js');
let shop: Awaited<ReturnType<typeof workshop>>;
let pool: StageProcesses;

beforeAll(async () => { shop = await workshop(); });
afterAll(() => shop.remove());
beforeEach(() => { pool = opened(setup); });
afterEach(() => Promise.all(pools.splice(0).map((one) => one.close())));

const pools: StageProcesses[] = [];

/** A pool that is closed when its test ends. */
function opened(options: Parameters<typeof stageProcesses>[0]): StageProcesses {
  pools.push(stageProcesses(options));
  return pools.at(-1)!;
}

/** A training run of many minutes. */
const longTask = () => shop.task('train', tinyTraining({ images: 4_000_000 }));
const unanswerable = async (): Promise<StageTask> => ({ ...await shop.task('score', { metrics: ['fid'] }), codeVersion: 999 });

/** Starts a stage; `begun` resolves with its first progress. */
function underWay(task: StageTask, signal?: AbortSignal) {
  const hooks = recordingHooks(signal);
  let tell = () => {};
  const begun = new Promise<void>((resolve) => { tell = resolve; });
  const ended = pool.execute(task, { ...hooks, onProgress: () => tell() });
  ended.catch(() => {});
  return { begun, ended, lines: hooks.lines };
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function untilDead(pid: number): Promise<void> {
  while (alive(pid)) await setTimeout(20);
}

/** A training run that was aborted once it had begun. One that was over before is not what is wanted: then there is another. */
async function interrupted(params: ReturnType<typeof tinyTraining>): Promise<StageTask> {
  for (;;) {
    const task = await shop.task('train', params);
    const stop = new AbortController();
    const stopped = underWay(task, stop.signal);
    await stopped.begun;
    stop.abort();
    const error = await stopped.ended.then(() => null, (cause: unknown) => cause);
    if (error === null) continue;
    expect(error).toMatchObject({ code: 'stage.interrupted' });
    return task;
  }
}

describe('stageProcesses', () => {
  it('reports the engine its children use, and keeps the child it started for the first stage', async () => {
    expect(await pool.engine()).toMatchObject({ threads: 1, line: expect.stringMatching(/\d+ thread/) });
    const before = pool.pids();
    await expect(pool.execute(await unanswerable(), recordingHooks())).rejects.toMatchObject({ code: 'code.absent' });
    expect(pool.pids()).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('a stage whose process is killed fails alone: a concurrent stage completes, and the next stage finds a process', async () => {
    const doomed = underWay(await longTask());
    await doomed.begun;
    const [victim] = pool.pids();
    const neighbour = underWay(await shop.task('train', tinyTraining({ images: 400 })));
    await neighbour.begun;
    process.kill(victim!, 'SIGKILL');
    await expect(doomed.ended).rejects.toMatchObject({ code: 'stage.crashed', retryable: true, message: expect.stringContaining('SIGKILL') });
    await expect(pool.execute(await unanswerable(), recordingHooks())).rejects.toMatchObject({ code: 'code.absent' });
    expect(Object.keys((await neighbour.ended).outputs)).toContain('weights');
    expect(pool.pids()).not.toContain(victim);
  });

  it('an abort stops a training run, which leaves a checkpoint and continues from it to exactly the same weights', async () => {
    const params = tinyTraining({ images: 1600 });
    const whole = await pool.execute(await shop.task('train', params), recordingHooks());
    const task = await interrupted(params);
    expect(await readdir(task.checkpointDir)).not.toEqual([]);
    expect(await hashesOf(await pool.execute(task, recordingHooks()))).toEqual(await hashesOf(whole));
    expect(pool.pids()).toHaveLength(1);
  });

  it('takes no stage whose signal is already aborted', async () => {
    const reason = new Error('lease lost');
    await expect(pool.execute(await longTask(), recordingHooks(AbortSignal.abort(reason)))).rejects.toBe(reason);
    expect(pool.pids()).toEqual([]);
  });

  it('runs no more children than its size; further stages wait', async () => {
    const narrow = opened({ ...setup, size: 1 });
    const tasks = await Promise.all([unanswerable(), unanswerable(), unanswerable()]);
    const ended = await Promise.allSettled(tasks.map((task) => narrow.execute(task, recordingHooks())));
    expect(ended.map((end) => end.status === 'rejected' && end.reason.code)).toEqual(['code.absent', 'code.absent', 'code.absent']);
    expect(narrow.pids()).toHaveLength(1);
  });

  it('a stage waits for the memory it needs while another runs, and one too large for the machine runs alone', async () => {
    const tight = opened({ ...setup, memory: 1 });
    const events: string[] = [];
    const lines: string[] = [];
    await Promise.all(['one', 'two'].map(async (name) => {
      const hooks = { ...recordingHooks(), onProgress: () => events.push(name), onLog: (line: string) => lines.push(line) };
      await tight.execute(await shop.task('train', tinyTraining({ images: 400 })), hooks);
      events.push(`${name} ended`);
    }));
    const [first] = events as [string];
    const second = first === 'one' ? 'two' : 'one';
    expect(events.indexOf(second)).toBeGreaterThan(events.indexOf(`${first} ended`));
    expect(events.at(-1)).toBe(`${second} ended`);
    expect(lines.filter((line) => /^train stage train-\d+ needs about \d\.\d GiB, more than the 0\.0 GiB/.test(line))).toHaveLength(2);
  });

  it('closed while a child is still starting, interrupts the stage rather than blaming it', async () => {
    const fresh = opened(setup);
    const running = fresh.execute(await longTask(), recordingHooks());
    running.catch(() => {});
    await fresh.close();
    await expect(running).rejects.toMatchObject({ code: 'stage.interrupted', retryable: true });
  });

  it('a stage that waits for memory can be stopped', async () => {
    const tight = opened({ ...setup, memory: 1 });
    const first = new AbortController();
    const running = tight.execute(await longTask(), recordingHooks(first.signal));
    running.catch(() => {});
    const second = new AbortController();
    const waiting = tight.execute(await longTask(), recordingHooks(second.signal));
    second.abort(new Error('not wanted'));
    await expect(waiting).rejects.toThrow('not wanted');
    await tight.close();
    await expect(running).rejects.toMatchObject({ code: 'stage.interrupted' });
  });

  it('uses a new number of threads once it is set, in new processes', async () => {
    const simd = opened({ ...setup, backend: 'simd' });
    await simd.engine();
    const [before] = simd.pids();
    simd.setThreads(1);
    expect((await simd.engine()).threads).toBe(1);
    expect(simd.pids()).toEqual([before]);
    simd.setThreads(2);
    expect((await simd.engine()).threads).toBe(2);
    const { provenance } = await simd.execute(await shop.task('train', tinyTraining()), recordingHooks());
    expect(provenance).toMatchObject({ threads: 2, engine: expect.stringContaining('simd') });
  });

  it('closing ends the children and interrupts their stages', async () => {
    const running = underWay(await longTask());
    await running.begun;
    const [pid] = pool.pids();
    await pool.close();
    await expect(running.ended).rejects.toMatchObject({ code: 'stage.interrupted', retryable: true });
    expect(alive(pid!)).toBe(false);
    await expect(pool.execute(await longTask(), recordingHooks())).rejects.toMatchObject({ code: 'stage.interrupted' });
  });

  it('an engine that this machine lacks fails each stage with its error', async () => {
    const engineless = opened({ ...setup, backend: 'tensorflow' });
    await expect(engineless.engine()).rejects.toMatchObject({ code: 'engine.absent', retryable: false });
    await expect(engineless.execute(await longTask(), recordingHooks())).rejects.toMatchObject({ code: 'engine.absent' });
  });

  it('its children die with it, even by kill -9', async () => {
    const script = `
      import { stageProcesses } from ${JSON.stringify(dist)};
      const pool = stageProcesses(${JSON.stringify(setup)});
      const hooks = { signal: new AbortController().signal, onProgress: () => console.log(pool.pids()[0]), onLog() {} };
      await pool.execute(${JSON.stringify(await longTask())}, hooks);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pid] = await once(parent.stdout, 'data');
    expect(alive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    await untilDead(Number(pid));
  });
});
