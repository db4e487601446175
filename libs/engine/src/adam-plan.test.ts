import { adamNumbers, adamTerms } from './adam-plan.js';

const plan = { learningRate: 1e-3, gradientLimit: Infinity, decay: 0.9, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, steps: 1 };
const smallestNormal = 2 ** -126;

test('the absence of a limit is a number whose reciprocal is one too, in the arithmetic of every GPU', () => {
  const limit = adamNumbers(plan)[adamTerms.indexOf('limit')]!;
  expect(Number.isFinite(limit)).toBe(true);
  expect(1 / limit).toBeGreaterThan(smallestNormal);
});
