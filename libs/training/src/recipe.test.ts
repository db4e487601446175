import { stepPlans } from './recipe.js';
import { streams } from './streams.js';

const recipe = { images: 10_000, batch: 10, learningRate: 0.5, emaHalfLifeImages: 400 };

describe('stepPlans', () => {
  it('has EDM\'s ramp: the average is the weights after the first step, and its decay at step 10 is 1/4', () => {
    const decay = (step: number) => stepPlans(recipe)(step).decay;
    expect(decay(0)).toBe(0);
    // 0.5^(batch / min(halfLife, seen 0.05)), seen 10 batches: Karras et al. 2022, training_loop.py
    expect(decay(10)).toBeCloseTo(0.25, 12);
    expect(decay(400)).toBeCloseTo(0.5 ** (10 / 200), 12);
    expect(decay(900)).toBeCloseTo(0.5 ** (10 / 400), 12);
  });

  it('without a ramp has the full half-life from the first step on', () => {
    expect(stepPlans({ ...recipe, emaRamp: false })(0).decay).toBeCloseTo(0.5 ** (10 / 400), 12);
  });

  it('by default clips at norm 1 and takes Adam\'s own betas', () => {
    expect(stepPlans(recipe)(100)).toMatchObject({ learningRate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, gradientLimit: 1 });
    expect(stepPlans({ ...recipe, gradientClip: false })(0).gradientLimit).toBe(Infinity);
  });

  it('takes beta1 from a plan that cycles it, and the rest from the optimiser', () => {
    const plans = stepPlans({ ...recipe, optimiser: { beta1: 0.5, beta2: 0.9, epsilon: 1e-5, weightDecay: 0.1 }, learningRatePlan: { kind: 'one-cycle', warmUp: 0.3, shape: 'cosine', start: 0.04, end: 0, beta1High: 0.95, beta1Low: 0.85 } });
    expect(plans(300)).toMatchObject({ learningRate: 0.5, beta1: 0.85, beta2: 0.9, epsilon: 1e-5, weightDecay: 0.1 });
    expect(plans(0).beta1).toBe(0.95);
  });
});

test('no two random streams of training share a number', () => {
  expect(new Set(Object.values(streams)).size).toBe(Object.keys(streams).length);
});
