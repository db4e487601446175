import { mixtureDenoiser } from '../oracles.js';
import { edmLevels } from '../samplers.fixture.js';
import { runOnNumber } from '../scalar-run.fixture.js';
import { dpm2, secondOrder } from './second-order.js';

const denoiser = mixtureDenoiser([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]);

/** Two-stage Runge-Kutta on dy/dsigma = (y - D)/sigma in terms of slopes, as in EDM's Alg. 3. */
function inSlopes(y: number, { sigma, next, probe, share }: { sigma: number; next: number; probe: number; share: number }): number {
  const slope = (y - denoiser(y, sigma)) / sigma;
  const there = y + (probe - sigma) * slope;
  return y + (next - sigma) * ((1 - share) * slope + (share * (there - denoiser(there, probe))) / probe);
}

describe('second-order', () => {
  it.each([0.3, 0.5, 2 / 3, 1, 1.1])('is Alg. 3\'s step at alpha %p', (alpha) => {
    const [sigma, next] = [2, 1.1];
    const expected = inSlopes(1.7, { sigma, next, probe: sigma + alpha * (next - sigma), share: 1 / (2 * alpha) });
    expect(runOnNumber(secondOrder({ alpha }), { denoiser, y: 1.7 }, [sigma, next])).toBeCloseTo(expected, 12);
  });

  it('is of second order above alpha 1 too', () => {
    const ends = [160, 320, 640].map((levels) => runOnNumber(secondOrder({ alpha: 1.1 }), { denoiser, y: 30 }, edmLevels(levels).slice(0, -1)));
    expect(Math.abs(Math.log2((ends[0]! - ends[1]!) / (ends[1]! - ends[2]!)) - 2)).toBeLessThan(0.1);
  });

  it('refuses to evaluate at a negative noise level, and names an alpha that is allowed', () => {
    expect(() => secondOrder({ alpha: 1.5 })([3, 0.6, 0])).toThrow(RangeError);
    expect(() => secondOrder({ alpha: 1.5 })([3, 0.6, 0])).toThrow('alpha must be below 1.25 there');
    expect(secondOrder({ alpha: 1.24 })([3, 0.6, 0])).toHaveLength(2);
  });
});

describe('dpm-2', () => {
  it('evaluates at the midpoint in ln sigma', () => {
    const [sigma, next] = [2, 0.9];
    expect(runOnNumber(dpm2(), { denoiser, y: 1.7 }, [sigma, next])).toBeCloseTo(inSlopes(1.7, { sigma, next, probe: Math.sqrt(sigma * next), share: 1 }), 12);
  });
});
