import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { installation, type Api, type Installation, type Worker } from './installation.js';
import { processesOf } from './processes-of.js';
import { tinySpec } from './tiny-spec.js';

/** Training runs of a few seconds, with about ten checkpoints a second; no other stages are run. */
const worker = ['--kinds', 'train', '--slots', '1', '--lease-seconds', '3', '--checkpoint-seconds', '0.1'];
const spec = (seed: number): object => tinySpec({ name: `seed ${seed}`, seeds: { train: [seed] }, images: 3000 });

let here: Installation;
let api: Api;
/** Results of the undisturbed training runs, by seed; computed while the tests run. */
let undisturbed: Promise<Map<number, Trained>>;
beforeAll(async () => {
  undisturbed = trainUndisturbed([1, 2]);
  undisturbed.catch(() => undefined);
  here = await installation();
  api = await here.startApi();
});
afterAll(async () => {
  await here.remove();
  await undisturbed;
});

interface Trained {
  stageId: string;
  /** Hash by output: weights, losses, previews. */
  outputs: Record<string, string>;
}

/** The same training runs in another installation, where no worker is killed. */
async function trainUndisturbed(seeds: readonly number[]): Promise<Map<number, Trained>> {
  const there = await installation();
  try {
    const calm = await there.startApi();
    await there.startWorker(worker);
    for (const seed of seeds) await calm.submit(spec(seed));
    return new Map(await Promise.all(seeds.map(async (seed) => [seed, await trained(there, await stageOf(there, seed))] as const)));
  } finally {
    await there.remove();
  }
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

/** Submits a training run and waits until it is running and has written a checkpoint. */
async function trainingUnderWay(seed: number): Promise<string> {
  await api.submit(spec(seed));
  const stageId = await stageOf(here, seed);
  await eventually('a checkpoint', async () => (await readdir(join(here.home, 'checkpoints', stageId)).catch(() => [])).some((name) => /^checkpoint-\d+\.safetensors$/.test(name)));
  return stageId;
}

interface StageAnswer {
  countedAttempts: number;
  attempts: { token: number; workerId: string; outcome: string; error: { code: string } | null }[];
  metrics: { name: string }[];
}

const stageAnswer = (stageId: string): Promise<StageAnswer> => api.get(`/v1/stages/${stageId}`);

let second: Worker;

test('a worker killed during a training run loses its lease; another continues from the checkpoint and ends with the same weights', async () => {
  const first = await here.startWorker(worker);
  const stageId = await trainingUnderWay(1);
  const printed = await eventually('the log of a heartbeat', () => api.text(`/v1/stages/${stageId}/log`).catch(() => null));
  expect(await first.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  second = await here.startWorker(worker);
  const result = await trained(here, stageId);
  expect(result.outputs).toMatchObject({ weights: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(result).toEqual((await undisturbed).get(1));

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
  const stageId = await trainingUnderWay(2);
  expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(await here.sql('select state, counted_attempts, worker_id from stages where id = $1', [stageId])).toEqual([{ state: 'ready', counted_attempts: 0, worker_id: null }]);
  await here.startWorker(worker);
  const result = await trained(here, stageId);
  expect(result.outputs).toMatchObject({ weights: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(result).toEqual((await undisturbed).get(2));

  const { attempts, countedAttempts } = await stageAnswer(stageId);
  expect(attempts).toMatchObject([{ token: 1, outcome: 'released', error: null }, { token: 2, outcome: 'done', error: null }]);
  expect(countedAttempts).toBe(0);
  expect(await api.text(`/v1/stages/${stageId}/log`)).toMatch(/goes on after step \d+, from its checkpoint/);
});

if (process.platform !== 'linux') console.warn('processes left behind: not tested here, because only Linux has /proc');
(process.platform === 'linux' ? test : test.skip)('neither the killed worker nor those told to stop leave a process behind', async () => {
  expect(await processesOf(here.home)).not.toEqual([]);
  await here.stop();
  expect(await processesOf(here.home)).toEqual([]);
});
