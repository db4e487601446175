import * as tf from '@tensorflow/tfjs-core';
import type { BackendChoice } from '@elucidate/engine/backend';
import { startEngine } from '@elucidate/engine/start';
import { inPlaceTrainer, stepsInPlace } from './in-place-trainer.js';
import { hostTrainer } from './trainer.js';
import { start, steps } from './trainer.fixture.js';

afterAll(() => startEngine({ backend: 'simd' }));

/** ELUCIDATE_TEST_BACKENDS names others: native, if it is built. */
const backends = (process.env['ELUCIDATE_TEST_BACKENDS']?.split(',') ?? ['simd', 'simd-relaxed']) as BackendChoice[];

describe.each(backends)('inPlaceTrainer on %s', (backend) => {
  beforeAll(async () => { await startEngine({ backend }); });

  it.each([
    [0.01, {}], [100, {}], [100, { gradientLimit: Infinity }], [1, { beta1: 0.85, beta2: 0.99, epsilon: 1e-5, weightDecay: 0.1, decay: 0 }],
  ])('equals the host trainer bit for bit, with gradients times %d and %p', async (scale, plan) => {
    const trainers = [inPlaceTrainer(await start()), hostTrainer(await start())];
    const [losses, wanted] = [await steps(trainers[0]!, { from: 0, to: 5, scale, plan }), await steps(trainers[1]!, { from: 0, to: 5, scale, plan })];
    expect(losses).toEqual(wanted);
    expect(await trainers[0]!.state()).toEqual(await trainers[1]!.state());
    trainers[0]!.dispose();
  });
});

describe('inPlaceTrainer', () => {
  it('continues from its state as if it had never stopped, on one thread or two, and leaves no tensor behind', async () => {
    await startEngine({ backend: 'simd' });
    const before = tf.memory().numTensors;
    const whole = inPlaceTrainer(await start());
    await steps(whole, { from: 0, to: 4 });
    const half = inPlaceTrainer(await start());
    await steps(half, { from: 0, to: 2 });
    await startEngine({ backend: 'simd', threads: 2 });
    const rest = inPlaceTrainer(await half.state());
    await steps(rest, { from: 2, to: 4 });
    expect(await rest.state()).toEqual(await whole.state());
    for (const trainer of [whole, half, rest]) trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('changes nothing on a loss that is not a number', async () => {
    const trainer = inPlaceTrainer(await start());
    await steps(trainer, { from: 0, to: 1 });
    const before = await trainer.state();
    expect(await steps(trainer, { from: 1, to: 2, scale: NaN })).toEqual([NaN]);
    expect(await trainer.state()).toEqual(before);
    trainer.dispose();
  });

  it('is refused on backends without its kernel', async () => {
    expect(stepsInPlace()).toBe(true);
    await startEngine({ backend: 'wasm' });
    expect(stepsInPlace()).toBe(false);
  });
});
