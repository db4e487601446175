import { drawsOf } from '../tableau.js';
import { gaussianDenoiser } from '../oracles.js';
import { edmLevels } from '../samplers.fixture.js';
import { endOnGaussian, runOnNumber } from '../scalar-run.fixture.js';
import { churned } from './churn.js';
import { euler, eulerStep } from './euler.js';
import { heun } from './second-order.js';

const sigmas = edmLevels(10);
const distribution = { mean: 0.3, std: 0.5 };

/** EDM, Alg. 2, as written there: slopes at the raised point and the raised level. */
function algorithm2(y: number, noises: readonly number[], { sChurn, sTmin, sTmax, sNoise }: { sChurn: number; sTmin: number; sTmax: number; sNoise: number }): number {
  const denoiser = gaussianDenoiser(distribution);
  const n = sigmas.length - 1;
  let drawn = 0;
  return sigmas.slice(1).reduce((x, next, i) => {
    const t = sigmas[i]!;
    const gamma = t >= sTmin && t <= sTmax ? Math.min(sChurn / n, Math.sqrt(2) - 1) : 0;
    const tHat = t + gamma * t;
    const xHat = gamma > 0 ? x + Math.sqrt(tHat ** 2 - t ** 2) * sNoise * noises[drawn++]! : x;
    const slope = (xHat - denoiser(xHat, tHat)) / tHat;
    const predicted = xHat + (next - tHat) * slope;
    if (next === 0) return predicted;
    const slopeThere = (predicted - denoiser(predicted, next)) / next;
    return xHat + (next - tHat) * (slope / 2 + slopeThere / 2);
  }, y);
}

describe('churn', () => {
  const noises = [0.3, -1.2, 0.8, 2.1, -0.4, 0.9, -1.7, 0.2, 1.1, -0.6];

  it.each([
    { sChurn: 3, sTmin: 0, sTmax: Infinity, sNoise: 1 },
    { sChurn: 40, sTmin: 0.05, sTmax: 50, sNoise: 1.003 },
    { sChurn: 2, sTmin: 0.469, sTmax: 42.5, sNoise: 1.01 },
  ])('%j is Alg. 2\'s', (options) => {
    let drawn = 0;
    const y = runOnNumber(heun(options), { denoiser: gaussianDenoiser(distribution), y: 55, noise: () => noises[drawn++]! }, sigmas);
    expect(y).toBeCloseTo(algorithm2(55, noises, options), 11);
  });

  it('evaluates at the raised level, at most sqrt 2 times the sampler\'s', () => {
    const steps = euler({ sChurn: 1000 })(sigmas);
    steps.forEach(({ evaluations: [{ sigma }] }, i) => expect(sigma).toBeCloseTo(Math.SQRT2 * sigmas[i]!, 12));
  });

  it('draws noise only inside its range, ends included', () => {
    const draws = euler({ sChurn: 5, sTmin: sigmas[6]!, sTmax: sigmas[3]! })(sigmas).map(drawsOf);
    expect(draws).toEqual([0, 0, 0, 1, 1, 1, 1, 0, 0, 0]);
  });

  it('raises the standard deviation to the level it evaluates at', () => {
    // a denoiser that knows the image leaves noise of exactly the next level
    const tableau = churned(eulerStep, { sChurn: 0.3 });
    const [first, second] = [sigmas[0]!, sigmas[1]!];
    expect(endOnGaussian(tableau, { mean: 0.7, std: 0 }, [first, second]).std).toBeCloseTo(second, 10);
  });
});
