import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '@elucidate/diffusion/noise';
import { unet } from '@elucidate/diffusion/unet';
import type { BackendChoice } from '@elucidate/engine/backend';
import { startEngine } from '@elucidate/engine/start';
import type { TrainState } from './checkpoint.js';
import { deviceTrainer } from './device-trainer.js';
import { copyWeights, fromTensors, type HostWeights } from './host-weights.js';
import { adamStart } from './optimiser.js';
import { hostTrainer, type Trainer } from './trainer.js';

/** The device's arithmetic is plain tensor operations, so any backend shows whether it is right; ELUCIDATE_TEST_BACKENDS names others. */
const backends = (process.env['ELUCIDATE_TEST_BACKENDS']?.split(',') ?? ['simd']) as BackendChoice[];

const network = unet({ channels: [4, 8], blocks: 1, attention: false, groups: 2, inChannels: 1 });

async function start(): Promise<TrainState> {
  const tensors = network.init(3);
  const weights = await fromTensors(tensors);
  tf.dispose(tensors);
  return { weights, ema: copyWeights(weights), adam: adamStart(weights), losses: [] };
}

/** Predicts noise images from their sum with another one. `scale` makes the gradients longer or shorter than the limit. */
async function steps(trainer: Trainer, { from, to, scale = 1 }: { from: number; to: number; scale?: number }): Promise<number[]> {
  const losses: number[] = [];
  for (let i = from; i < to; i += 1) {
    const random = randomStream([7, i]);
    const image = () => tf.tensor4d(Float32Array.from({ length: 2 * 8 * 8 }, () => random.normal()), [2, 8, 8, 1]);
    const [x, noise] = [image(), image()];
    losses.push(await trainer.step(
      (weights) => tf.tidy(() => tf.mul<tf.Scalar>(scale, tf.mean(tf.squaredDifference(network.apply(weights, tf.add(x, noise), tf.zeros([2])), noise)))),
      { learningRate: 1e-3 * (i + 1), gradientLimit: 1, decay: 0.9 },
    ));
    tf.dispose([x, noise]);
  }
  return losses;
}

/** The same state, its names in the opposite order. */
function turnedRound({ weights, ema, adam, losses }: TrainState): TrainState {
  const turned = (set: HostWeights) => Object.fromEntries(Object.entries(set).reverse());
  return { weights: turned(weights), ema: turned(ema), adam: { steps: adam.steps, first: turned(adam.first), second: turned(adam.second) }, losses };
}

/** The length of the difference of all weights as one vector, relative to how far they have come from the start. */
function distance(got: HostWeights, want: HostWeights, origin: HostWeights): number {
  const length = (a: HostWeights, b: HostWeights) => Math.hypot(...Object.entries(a).flatMap(([name, { data }]) => Array.from(data, (x, i) => x - b[name]!.data[i]!)));
  return length(got, want) / length(want, origin);
}

describe.each(backends)('deviceTrainer on %s', (backend) => {
  beforeAll(async () => { await startEngine({ backend }); });

  it.each([0.01, 100])('goes where the host trainer goes, in losses, weights and averages, with gradients times %d', async (scale) => {
    const [origin, given] = [await start(), await start()];
    const device = deviceTrainer(given);
    const losses = await steps(device, { from: 0, to: 6, scale });
    const got = await device.state();
    device.dispose();
    await startEngine({ backend: 'simd' });
    const host = hostTrainer(await start());
    const wanted = await steps(host, { from: 0, to: 6, scale });
    await startEngine({ backend });
    const want = await host.state();
    losses.forEach((loss, i) => expect(loss / wanted[i]!).toBeCloseTo(1, 4));
    expect(got.adam.steps).toBe(6);
    expect(got.losses).toEqual(losses);
    expect(distance(got.weights, want.weights, origin.weights)).toBeLessThan(2e-3);
    expect(distance(got.ema, want.ema, origin.ema)).toBeLessThan(2e-3);
  });

  it('goes on from its state as if it had never stopped, in whatever order the weights come', async () => {
    const whole = deviceTrainer(await start());
    await steps(whole, { from: 0, to: 4 });
    const half = deviceTrainer(await start());
    await steps(half, { from: 0, to: 2 });
    const rest = deviceTrainer(turnedRound(await half.state()));
    await steps(rest, { from: 2, to: 4 });
    expect(await rest.state()).toEqual(await whole.state());
    for (const trainer of [whole, half, rest]) trainer.dispose();
  });

  it('reads back the loss of each step and nothing else, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const trainer = deviceTrainer(await start());
    const held = tf.memory().numTensors;
    const reads = jest.spyOn(tf.backend() as unknown as { read(id: object): Promise<Float32Array> }, 'read');
    await steps(trainer, { from: 0, to: 3 });
    expect(await Promise.all(reads.mock.results.map(async ({ value }) => (await (value as Promise<Float32Array>)).length))).toEqual([1, 1, 1]);
    reads.mockRestore();
    expect(tf.memory().numTensors).toBe(held);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('lets a loss that is no number change nothing', async () => {
    const trainer = deviceTrainer(await start());
    await steps(trainer, { from: 0, to: 1 });
    const before = await trainer.state();
    expect(await steps(trainer, { from: 1, to: 2, scale: NaN })).toEqual([NaN]);
    expect(await trainer.state()).toEqual(before);
    trainer.dispose();
  });
});
