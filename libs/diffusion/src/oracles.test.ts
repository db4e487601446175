import * as tf from '@tensorflow/tfjs-core';
import { gaussianDenoiser, gaussianFlow, mixtureDenoiser, pointwise, twoDiracsDenoiser } from './oracles.js';

describe('closed-form denoisers', () => {
  it('of a mixture of two Diracs is tanh(y/sigma^2)', () => {
    const mixture = mixtureDenoiser([{ weight: 0.5, mean: -1, std: 0 }, { weight: 0.5, mean: 1, std: 0 }]);
    for (const [y, sigma] of [[0.3, 1], [-2, 0.8], [5, 3], [1, 0.01]] as const) {
      expect(mixture(y, sigma)).toBeCloseTo(twoDiracsDenoiser()(y, sigma), 12);
    }
  });

  it('of a mixture of one component is that of the Gaussian', () => {
    expect(mixtureDenoiser([{ weight: 1, mean: 0.3, std: 0.5 }])(2, 1.5)).toBeCloseTo(gaussianDenoiser({ mean: 0.3, std: 0.5 })(2, 1.5), 14);
  });

  it('tend to the data\'s mean in noise and to y without it', () => {
    const mixture = mixtureDenoiser([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]);
    expect(mixture(0, 1e6)).toBeCloseTo(0.3 * -1 + 0.7 * 0.8, 9);
    expect(mixture(0.5, 1e-6)).toBeCloseTo(0.5, 9);
  });

  it('are the slope of the log density (Tweedie)', () => {
    const parts = [{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }];
    const [sigma, h] = [0.7, 1e-5];
    const logDensity = (y: number) => Math.log(parts.reduce((sum, { weight, mean, std }) => {
      const variance = std ** 2 + sigma ** 2;
      return sum + (weight * Math.exp(-((y - mean) ** 2) / (2 * variance))) / Math.sqrt(variance);
    }, 0));
    for (const y of [-1.5, -0.2, 0.4, 2]) {
      const score = (logDensity(y + h) - logDensity(y - h)) / (2 * h);
      expect(mixtureDenoiser(parts)(y, sigma)).toBeCloseTo(y + sigma ** 2 * score, 8);
    }
  });

  it('have a Gaussian flow whose slope is (y - D)/sigma', () => {
    const distribution = { mean: 0.3, std: 0.5 };
    const h = 1e-5;
    const flow = gaussianFlow(distribution);
    expect((flow(2, 1, 1 + h) - flow(2, 1, 1 - h)) / (2 * h)).toBeCloseTo(2 - gaussianDenoiser(distribution)(2, 1), 8);
  });

  it('work pixel by pixel on images', async () => {
    const before = tf.memory().numTensors;
    const y = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const x0 = await pointwise(gaussianDenoiser({ mean: 0, std: 1 }))(y, 1);
    expect(Array.from(x0.dataSync())).toEqual([0.5, 1, 1.5, 2]);
    tf.dispose([y, x0]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
