import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { installation, type Api, type Installation, type Worker } from './installation.js';
import { processesOf } from './processes-of.js';
import { tinySpec } from './tiny-spec.js';

/** Training runs of a few seconds, with about ten checkpoints a second; no other stages are run. */
const worker = ['--kinds', 'train', '--slots', '1', '--checkpoint-seconds', '0.1'];
const spec = (seed: number): object => tinySpec({ name: `seed ${seed}`, seeds: { train: [seed] }, images: 3000 });

/** The installation whose workers are disturbed, and one with the same training runs in which none is. */
let [here, there]: [Installation, Installation] = [undefined!, undefined!];
let [api, calm]: [Api, Api] = [undefined!, undefined!];
beforeAll(async () => {
  [here, there] = [await installation(), await installation()];
  [api, calm] = await Promise.all([here.startApi(), there.startApi()]);
  await there.startWorker(worker);
  // they run beside those of the tests
  for (const seed of [1, 2]) await calm.submit(spec(seed));
});
afterAll(async () => {
  await here.remove();
  await there.remove();
});

interface Trained {
  stageId: string;
  /** Hash by output: weights, losses, previews. */
  outputs: Record<string, string>;
}

const stageOf = ({ sql }: Installation, seed: number): Promise<string> =>
  eventually(`the training of seed ${seed}`, async () => (await sql<{ id: string }>(`select id from stages where kind = 'train' and params->'seed' = to_jsonb($1::int)`, [seed]))[0]?.id);

/** The result of a training run, once it is done. */
const trained = ({ sql }: Installation, stageId: string): Promise<Trained> =>
  eventually(`the end of training ${stageId}`, async () => {
    const [stage] = await sql<{ state: string }>('select state from stages where id = $1', [stageId]);
    if (stage?.state !== 'done') return null;
    const outputs = await sql<{ name: string; hash: string }>('select name, hash from stage_outputs where stage_id = $1', [stageId]);
    return { stageId, outputs: Object.fromEntries(outputs.map(({ name, hash }) => [name, hash])) };
  });

/** The result of a training run whose worker nothing happened to. */
async function undisturbed(seed: number): Promise<Trained> {
  await calm.submit(spec(seed));
  return trained(there, await stageOf(there, seed));
}

interface StageRow {
  state: string;
  token: number;
  counted_attempts: number;
  worker_id: string | null;
}

const stageRow = async (stageId: string): Promise<StageRow> => (await here.sql<StageRow>('select state, token::int, counted_attempts, worker_id from stages where id = $1', [stageId]))[0]!;

/** Submits a training run and waits until it is running and has written a checkpoint, or is over: a busy machine may look too late. */
async function trainingUnderWay(seed: number): Promise<string> {
  await api.submit(spec(seed));
  const stageId = await stageOf(here, seed);
  const hasCheckpoint = async (): Promise<boolean> => (await readdir(join(here.home, 'checkpoints', stageId)).catch(() => [])).some((name) => /^checkpoint-\d+\.safetensors$/.test(name));
  await eventually('a checkpoint', async () => (await hasCheckpoint()) || (await stageRow(stageId)).state === 'done');
  return stageId;
}

interface StageAnswer {
  countedAttempts: number;
  attempts: { token: number; workerId: string; outcome: string; error: { code: string } | null }[];
  metrics: { name: string }[];
}

const stageAnswer = (stageId: string): Promise<StageAnswer> => api.get(`/v1/stages/${stageId}`);

let second: Worker;

interface KilledDuring {
  seed: number;
  stageId: string;
  /** Its log, as a heartbeat brought it. */
  printed: string;
}

/** A training run in whose first attempt the worker was killed. One that was over before the kill, or whose lease was lost before, was not what is wanted: then there is another. */
async function killedDuringTraining(firstSeed: number): Promise<KilledDuring> {
  for (let seed = firstSeed; ; seed += 10) {
    // heartbeats, which bring the log, every second
    const first = await here.startWorker([...worker, '--lease-seconds', '3']);
    const stageId = await trainingUnderWay(seed);
    const printed = await eventually('the log of a heartbeat', () => api.text(`/v1/stages/${stageId}/log`).catch(() => null));
    expect(await first.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    const { state, token } = await stageRow(stageId);
    if (state !== 'done' && token === 1) return { seed, stageId, printed };
  }
}

test('a worker killed during a training run loses its lease; another continues from the checkpoint and ends with the same weights', async () => {
  const { seed, stageId, printed } = await killedDuringTraining(1);
  second = await here.startWorker(worker);
  const result = await trained(here, stageId);
  expect(result.outputs).toMatchObject({ weights: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(result).toEqual(await undisturbed(seed));

  const { attempts, countedAttempts, metrics } = await stageAnswer(stageId);
  expect(attempts).toMatchObject([{ token: 1, outcome: 'expired', error: { code: 'stage.lease_expired' } }, { token: 2, outcome: 'done', error: null }]);
  expect(attempts[0]?.workerId).not.toBe(attempts[1]?.workerId);
  expect({ countedAttempts, metrics: metrics.map(({ name }) => name) }).toEqual({ countedAttempts: 1, metrics: ['loss'] });
  expect(await api.text(`/v1/stages/${stageId}/log`)).toMatch(/goes on after step \d+, from its checkpoint/);
  // what the killed worker's stage had printed is there still
  expect(printed).toContain(`train ${stageId}, attempt 1, on ${attempts[0]!.workerId}`);
  expect((await api.text(`/v1/stages/${stageId}/log?attempt=1`)).startsWith(printed)).toBe(true);
});

test('a worker told to stop during a training run returns it without counting an attempt; another continues from the checkpoint and ends with the same weights', async () => {
  let [seed, stageId] = [2, await trainingUnderWay(2)];
  expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
  // one that was over before the signal was not what is wanted
  for (; (await stageRow(stageId)).state === 'done'; seed += 10) {
    second = await here.startWorker(worker);
    stageId = await trainingUnderWay(seed + 10);
    expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
  }
  expect(await stageRow(stageId)).toEqual({ state: 'ready', token: 1, counted_attempts: 0, worker_id: null });
  await here.startWorker(worker);
  const result = await trained(here, stageId);
  expect(result.outputs).toMatchObject({ weights: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(result).toEqual(await undisturbed(seed));

  const { attempts, countedAttempts } = await stageAnswer(stageId);
  expect(attempts).toMatchObject([{ token: 1, outcome: 'released', error: null }, { token: 2, outcome: 'done', error: null }]);
  expect(countedAttempts).toBe(0);
  expect(await api.text(`/v1/stages/${stageId}/log`)).toMatch(/goes on after step \d+, from its checkpoint/);
});

if (process.platform !== 'linux') console.warn('processes left behind: not tested here, because only Linux has /proc');
(process.platform === 'linux' ? test : test.skip)('neither the killed worker nor those told to stop leave a process behind', async () => {
  expect(await processesOf(here.home)).not.toEqual([]);
  await here.stop();
  await eventually('the end of every process', async () => (await processesOf(here.home)).length === 0);
});
