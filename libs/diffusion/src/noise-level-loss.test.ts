import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { noiseSource } from './noise.js';
import { gammaMargin, gammaOfLogit, logitOfGamma, noiseLevelBaselines, noiseLevelLoss } from './noise-level-loss.js';

/** E[f(logit)] for gamma ~ U(0, 1): the logistic density, by the trapezium rule. */
function overUniformGamma(f: (logit: number) => number): number {
  const step = 0.01;
  return Array.from({ length: 16_001 }, (_, i) => -80 + i * step).reduce((sum, l) => sum + (f(l) * step) / (2 + 2 * Math.cosh(l)), 0);
}

describe('the baselines', () => {
  it.each([['zero', 0, 3.2899], ['half', 0.5, 3.5399]] as const)('%s is the loss of always predicting %p', (name, constant, known) => {
    expect(noiseLevelBaselines[name]).toBeCloseTo(overUniformGamma((logit) => (logit - constant) ** 2), 10);
    expect(noiseLevelBaselines[name]).toBeCloseTo(known, 4);
  });

  it('do not depend on the margin', () => {
    const end = logitOfGamma(1);
    const held = overUniformGamma((logit) => Math.min(Math.abs(logit), end) ** 2);
    expect(noiseLevelBaselines.zero - held).toBeGreaterThan(0);
    expect(noiseLevelBaselines.zero - held).toBeLessThan(1e-4);
  });
});

describe('the logit', () => {
  it('is finite for every gamma, and is inverted by the sigmoid', () => {
    expect(logitOfGamma(0)).toBeCloseTo(-13.8155, 4);
    expect(logitOfGamma(1)).toBeCloseTo(13.8155, 4);
    expect(logitOfGamma(0.5)).toBe(0);
    for (const gamma of [gammaMargin, 0.001, 0.3, 0.9, 1 - gammaMargin]) expect(gammaOfLogit(logitOfGamma(gamma)) / gamma).toBeCloseTo(1, 12);
  });

  it('increases with gamma, and is odd about one half', () => {
    for (const gamma of [0.02, 0.2, 0.4]) {
      expect(logitOfGamma(1 - gamma)).toBeCloseTo(-logitOfGamma(gamma), 12);
      expect(logitOfGamma(gamma + 0.01)).toBeGreaterThan(logitOfGamma(gamma));
    }
  });
});

describe('noiseLevelLoss', () => {
  const gammas = [0, 0.25, 0.9, 1];
  const batch = () => {
    const noise = noiseSource([1, 2, 3, 4], [5, 5, 1]);
    return { x0: tf.tidy(() => tf.sub(tf.mul(noise.next(), 0.33), 0.28)) as Tensor4D, eps: noise.next(), gammas };
  };

  it('gives the network x_t = sqrt(gamma) b x0 + sqrt(1 - gamma) eps, whose target is logit(gamma)', () => tf.tidy(() => {
    const { x0, eps } = batch();
    const right = gammas.map(logitOfGamma);
    const predict = (xt: Tensor4D): Tensor1D => {
      const [found, clean, noise] = [xt, x0, eps].map((images) => images.dataSync());
      found!.forEach((value, i) => {
        const gamma = Math.min(1 - gammaMargin, Math.max(gammaMargin, gammas[Math.floor(i / 25)]!));
        expect(value).toBeCloseTo(Math.sqrt(gamma) * 0.4 * clean![i]! + Math.sqrt(1 - gamma) * noise![i]!, 5);
      });
      return tf.tensor1d(right);
    };
    expect(noiseLevelLoss(predict, { x0, eps, gammas }, 0.4).dataSync()[0]).toBe(0);
    const off = noiseLevelLoss(() => tf.tensor1d(right.map((logit, i) => logit + i)), { x0, eps, gammas }, 0.4);
    expect(off.dataSync()[0]).toBeCloseTo((0 + 1 + 4 + 9) / 4, 4);
  }));
});
