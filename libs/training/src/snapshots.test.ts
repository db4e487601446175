import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { averagedArray } from '@elucidate/diffusion/ema';
import { startEngine } from '@elucidate/engine/start';
import { exponentOf, exponentOfHalfLife, powerDecay, snapshotSteps, trackStds } from '@elucidate/experiment/power-average';
import { fit, type Fit, type TrainHooks } from './fit.js';
import { stepPlans } from './recipe.js';
import { averageOf, gatherSnapshots, snapshotFiles } from './snapshots.js';

const [steps, batch] = [200, 8];
/** The last batch is not whole. */
const images = steps * batch - 3;
const seenAfter = (step: number): number => Math.min(step * batch, images);
const after = snapshotSteps(steps, 64);

/** Weights that follow a target which jumps from step to step. */
const plan: Fit<{ target: tf.Tensor1D }> = {
  id: 'toy',
  steps,
  init: () => ({ a: tf.tensor1d([1, -2, 3]), b: tf.tensor2d([[0.5]]) }),
  batchOf: (step) => ({ target: tf.tensor1d([Math.sin(step / 9), Math.cos(7 * step), Math.sin(step * step)]) }),
  loss: ({ a, b }, { target }) => tf.add(tf.sum(tf.squaredDifference(a!, target)), tf.sum(tf.squaredDifference(b!, tf.slice(target, 2, 1)))),
  stepPlan: stepPlans({ images, batch, learningRate: 0.05, emaHalfLifeImages: 200, emaSnapshots: 64 }),
  snapshots: { tracks: trackStds.length, after },
  remedy: '',
};

let dir: string;
/** The file of a training that ran through. */
let whole: string;
beforeAll(async () => {
  await startEngine({ backend: 'simd' });
  dir = await mkdtemp(join(tmpdir(), 'elucidate-snapshots-'));
  whole = await trained('whole');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs the training in a folder of its own; its snapshots end in a file there. */
async function trained(name: string, hooks: TrainHooks = {}): Promise<string> {
  const folder = join(dir, name);
  await fit(plan, { checkpointDir: folder, snapshots: snapshotFiles(folder, plan.id), ...hooks });
  const file = join(folder, 'snapshots.safetensors');
  await gatherSnapshots(file, { dir: folder, paramsId: plan.id, steps: after, imagesAfter: seenAfter });
  return file;
}

/** The same steps, and after each the weights. */
async function weightsAfterEachStep(): Promise<Float32Array[]> {
  const all: Float32Array[] = [];
  const { weights } = await fit({ ...plan, loss: (given, batch) => { all.push(given['a']!.dataSync<'float32'>().slice()); return plan.loss(given, batch); } });
  return [...all.slice(1), weights['a']!.data];
}

test('an average reconstructed from snapshots is the one that is kept directly', async () => {
  const each = await weightsAfterEachStep();
  expect(each).toHaveLength(steps);
  const directly = (exponent: number): Float32Array => each.reduce((kept, weights, step) => averagedArray(kept, weights, powerDecay(exponent, { before: seenAfter(step), seen: seenAfter(step + 1) })), each[0]!);
  const wanted = [...[0.04, 0.05, 0.06, 0.075, 0.1, 0.12].map((std) => ({ std, exponent: exponentOf(std) })), { halfLife: 250, exponent: exponentOfHalfLife(250 / images) }];
  for (const { exponent, ...what } of wanted) {
    const { weights, error } = await averageOf(whole, () => exponent);
    const kept = directly(exponent);
    const apart = Math.max(...Array.from(weights['a']!.data, (value, i) => Math.abs(value - kept[i]!)));
    expect({ ...what, close: apart < 1e-5, known: error < 1e-2 }).toEqual({ ...what, close: true, known: true });
    expect(weights['b']!.shape).toEqual([1, 1]);
  }
});

test('a training that is interrupted ends with the same snapshots', async () => {
  const stop = new AbortController();
  const onProgress: TrainHooks['onProgress'] = ({ fraction }) => { if (fraction > 0.6) stop.abort(); };
  await expect(trained('interrupted', { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'stage.interrupted' });
  const lines: string[] = [];
  expect(await readFile(await trained('interrupted', { onLog: (line) => lines.push(line) }))).toEqual(await readFile(whole));
  expect(lines).toEqual([expect.stringMatching(/^goes on after step 121,/)]);

  const folder = join(dir, 'interrupted');
  const first = (await readdir(folder)).find((name) => name.startsWith('snapshot-'))!;
  await rm(join(folder, first));
  expect(await readFile(await trained('interrupted', { onLog: (line) => lines.push(line) }))).toEqual(await readFile(whole));
  expect(lines[1]).toMatch(/^starts from nothing: a snapshot from before step \d+, where its checkpoint is, is missing/);
});
