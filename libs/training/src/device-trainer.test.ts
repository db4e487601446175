import * as tf from '@tensorflow/tfjs-core';
import type { BackendChoice } from '@elucidate/engine/backend';
import { startEngine } from '@elucidate/engine/start';
import { deviceTrainer } from './device-trainer.js';
import type { HostWeights } from './host-weights.js';
import { replayedTrainer } from './replayed-trainer.js';
import { hostTrainer } from './trainer.js';
import { start, steps, turnedRound } from './trainer.fixture.js';

/** The device's arithmetic is plain tensor operations, so any backend can check it; ELUCIDATE_TEST_BACKENDS names others. */
const backends = (process.env['ELUCIDATE_TEST_BACKENDS']?.split(',') ?? ['simd']) as BackendChoice[];

/** Norm of the difference of all weights as one vector, relative to the distance from the start. */
function distance(got: HostWeights, want: HostWeights, origin: HostWeights): number {
  const length = (a: HostWeights, b: HostWeights) => Math.hypot(...Object.entries(a).flatMap(([name, { data }]) => Array.from(data, (x, i) => x - b[name]!.data[i]!)));
  return length(got, want) / length(want, origin);
}

const trainers = { deviceTrainer, replayedTrainer };
/** Only webgpu has the kernels for replaying. */
const cases = backends.flatMap((backend) => (Object.keys(trainers) as (keyof typeof trainers)[]).filter((name) => name === 'deviceTrainer' || backend === 'webgpu').map((name) => [name, backend] as const));

describe.each(cases)('%s on %s', (name, backend) => {
  const trainerHere = trainers[name];

  beforeAll(async () => { await startEngine({ backend }); });

  it.each([
    [0.01, {}], [100, {}], [100, { gradientLimit: Infinity }], [1, { beta1: 0.85, beta2: 0.99, epsilon: 1e-5, weightDecay: 0.1, decay: 0 }],
  ])('has the losses, weights and averages of the host trainer, with gradients times %d and %p', async (scale, plan) => {
    const [origin, given] = [await start(), await start()];
    const device = trainerHere(given);
    const losses = await steps(device, { from: 0, to: 6, scale, plan });
    const got = await device.state();
    device.dispose();
    await startEngine({ backend: 'simd' });
    const host = hostTrainer(await start());
    const wanted = await steps(host, { from: 0, to: 6, scale, plan });
    await startEngine({ backend });
    const want = await host.state();
    losses.forEach((loss, i) => expect(loss / wanted[i]!).toBeCloseTo(1, 4));
    expect(got.adam.steps).toBe(6);
    expect(got.losses).toEqual(losses);
    expect(distance(got.weights, want.weights, origin.weights)).toBeLessThan(2e-3);
    expect(distance(got.ema, want.ema, origin.ema)).toBeLessThan(2e-3);
  });

  it('continues from its state as if it had never stopped, whatever the order of the weights', async () => {
    const whole = trainerHere(await start());
    await steps(whole, { from: 0, to: 4 });
    const half = trainerHere(await start());
    await steps(half, { from: 0, to: 2 });
    const rest = trainerHere(turnedRound(await half.state()));
    await steps(rest, { from: 2, to: 4 });
    expect(await rest.state()).toEqual(await whole.state());
    for (const trainer of [whole, half, rest]) trainer.dispose();
  });

  it('reads back only the loss of each step, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const trainer = trainerHere(await start());
    const held = tf.memory().numTensors;
    const reads = jest.spyOn(tf.backend() as unknown as { read(id: object): Promise<Float32Array> }, 'read');
    await steps(trainer, { from: 0, to: 3 });
    expect(await Promise.all(reads.mock.results.map(async ({ value }) => (await (value as Promise<Float32Array>)).length))).toEqual([1, 1, 1]);
    reads.mockRestore();
    expect(tf.memory().numTensors).toBe(held);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('begins steps before the losses of those before are known, and ends in the same state', async () => {
    const [one, queued] = [trainerHere(await start()), trainerHere(await start())];
    expect(queued.queues).toBe(true);
    const losses = await steps(one, { from: 0, to: 4 });
    expect(await steps(queued, { from: 0, to: 4, queued: true })).toEqual(losses);
    expect(await queued.state()).toEqual(await one.state());
    for (const trainer of [one, queued]) trainer.dispose();
  });

  it('changes nothing on a loss that is not a number', async () => {
    const trainer = trainerHere(await start());
    await steps(trainer, { from: 0, to: 1 });
    const before = await trainer.state();
    expect(await steps(trainer, { from: 1, to: 2, scale: NaN })).toEqual([NaN]);
    expect(await trainer.state()).toEqual(before);
    trainer.dispose();
  });
});
