import { adamStart, adamStep, clipGlobalNorm, emaStep, globalNorm } from './optimiser.js';

const one = (...values: number[]) => ({ w: { shape: [values.length], data: Float32Array.from(values) } });

describe('Adam', () => {
  it('moves each weight by the learning rate on its first step, whatever the gradient\'s size', () => {
    const weights = one(1, 1, 1);
    adamStep(weights, one(3, -0.001, 100), adamStart(weights), { learningRate: 0.1 });
    expect([...weights.w.data].map((w) => w - 1)).toEqual([expect.closeTo(-0.1, 5), expect.closeTo(0.1, 5), expect.closeTo(-0.1, 5)]);
  });

  it('takes the second step that the paper\'s formulas give', () => {
    const weights = one(0);
    const state = adamStart(weights);
    adamStep(weights, one(1), state, { learningRate: 0.1 });
    adamStep(weights, one(3), state, { learningRate: 0.1 });
    const m = (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.9 ** 2);
    const v = (0.999 * 0.001 * 1 + 0.001 * 9) / (1 - 0.999 ** 2);
    expect(weights.w.data[0]).toBeCloseTo(-0.1 - (0.1 * m) / Math.sqrt(v), 6);
    expect(state.steps).toBe(2);
  });

  it('with weight decay also shrinks weights, independently of the gradient', () => {
    const weights = one(2);
    adamStep(weights, one(0), adamStart(weights), { learningRate: 0.1, weightDecay: 0.5 });
    expect(weights.w.data[0]).toBeCloseTo(2 * (1 - 0.1 * 0.5), 6);
  });

  it('finds the minimum of a quadratic', () => {
    const weights = one(5, -3);
    const state = adamStart(weights);
    for (let i = 0; i < 2000; i += 1) adamStep(weights, one(weights.w.data[0]! - 1, 10 * (weights.w.data[1]! - 2)), state, { learningRate: 0.05 * (1 - i / 2000) });
    expect([...weights.w.data]).toEqual([expect.closeTo(1, 3), expect.closeTo(2, 3)]);
  });
});

describe('gradient clipping', () => {
  it('scales all gradients together down to the limit, and gives the norm before', () => {
    const gradients = { a: { shape: [1], data: Float32Array.of(3) }, b: { shape: [1], data: Float32Array.of(4) } };
    expect(clipGlobalNorm(gradients, 1)).toBeCloseTo(5, 6);
    expect(globalNorm(gradients)).toBeCloseTo(1, 6);
    expect(gradients.a.data[0]! / gradients.b.data[0]!).toBeCloseTo(0.75, 6);
  });

  it('leaves gradients within the limit as they are', () => {
    const gradients = one(0.3, 0.4);
    clipGlobalNorm(gradients, 1);
    expect(gradients).toEqual(one(0.3, 0.4));
  });
});

describe('EMA', () => {
  it('after n steps towards a constant keeps decay^n of its start', () => {
    const average = one(1);
    for (let i = 0; i < 10; i += 1) emaStep(average, one(0), 0.9);
    expect(average.w.data[0]).toBeCloseTo(0.9 ** 10, 6);
  });
});
