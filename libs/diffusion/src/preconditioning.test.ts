import { sigmaOf } from './levels.js';
import { parameterisations } from './parameterisations.js';
import type { VpParameterisation } from './parameterisations.js';
import { fTarget, noiseConditioning, scalings } from './preconditioning.js';
import type { Parameterisation, ScalingOptions } from './preconditioning.js';
import { scheduleOf } from './schedules.js';

const [z, eps] = [0.7, -1.3];
const gammas = [1e-6, 0.01, 0.3, 0.5, 0.9, 0.999];
const sigmas = [0.002, 0.1, 0.5, 1, 7, 80];
const scales = [0.1, 0.5, 1, 1.507];

describe.each(['eps', 'x0', 'v'] as VpParameterisation[])('parameterisation %s', (kind) => {
  const { target, toX0, toEps } = parameterisations[kind];

  it('gives z and eps back from x_t and its own target', () => {
    for (const gamma of gammas) {
      const xt = Math.sqrt(gamma) * z + Math.sqrt(1 - gamma) * eps;
      const weights = target(gamma);
      const output = weights.z * z + weights.eps * eps;
      const apply = (c: { xt: number; output: number }) => c.xt * xt + c.output * output;
      // dividing by the fainter of signal and noise magnifies the last digit by up to 1e3 here
      expect(apply(toX0(gamma))).toBeCloseTo(z, 12);
      expect(apply(toEps(gamma))).toBeCloseTo(eps, 12);
    }
  });

  it('is the same network whether its scaling is written in gamma or in sigma', () => {
    for (const gamma of gammas) {
      for (const b of scales) {
        const sigma = sigmaOf(gamma, b);
        const { cSkip, cOut, cIn } = scalings(kind, sigma, { b, sigmaData: 0.66, normalisation: 'none' });
        const a = Math.sqrt(gamma);
        expect(cIn / (a * b)).toBeCloseTo(1, 12);
        expect(cSkip).toBeCloseTo(toX0(gamma).xt * a, 12);
        expect(cOut / (toX0(gamma).output / b)).toBeCloseTo(1, 10);
        const weights = fTarget(kind, sigma, { b, sigmaData: 0.66, normalisation: 'none' });
        expect(weights.x0).toBeCloseTo(target(gamma).z * b, 12);
        expect(weights.eps).toBeCloseTo(target(gamma).eps, 12);
      }
    }
  });
});

describe.each(['eps', 'x0', 'v', 'edm'] as Parameterisation[])('scaling %s', (kind) => {
  it('turns the target into x0', () => {
    for (const sigma of sigmas) {
      for (const b of scales) {
        const options: ScalingOptions = { b, sigmaData: 0.5, normalisation: 'analytic' };
        const { cSkip, cOut } = scalings(kind, sigma, options);
        const weights = fTarget(kind, sigma, options);
        // x0 must come through whole and the noise not at all
        expect(cSkip + cOut * weights.x0).toBeCloseTo(1, 12);
        expect(cSkip * sigma + cOut * weights.eps).toBeCloseTo(0, 12);
      }
    }
  });

  it('with analytic normalisation makes the input of zero-mean data unit-variance', () => {
    for (const sigma of sigmas) {
      const { cIn } = scalings(kind, sigma, { b: 0.3, sigmaData: 0.66, normalisation: 'analytic' });
      expect(cIn ** 2 * (0.66 ** 2 + sigma ** 2)).toBeCloseTo(1, 12);
    }
  });
});

describe('EDM\'s scaling', () => {
  const options: ScalingOptions = { b: 0.3, sigmaData: 0.5, normalisation: 'none' };

  it('asks a loss of exactly 1 of the best denoiser of Gaussian data, at every level', () => {
    for (const sigma of sigmas) {
      const leastError = (sigma ** 2 * 0.5 ** 2) / (sigma ** 2 + 0.5 ** 2);
      expect(leastError / scalings('edm', sigma, options).cOut ** 2).toBeCloseTo(1, 12);
    }
  });

  it('is that of v with sigmaData = 1/b and the sign turned', () => {
    for (const sigma of sigmas) {
      const edm = scalings('edm', sigma, { b: 2, sigmaData: 0.5, normalisation: 'none' });
      const v = scalings('v', sigma, { b: 2, sigmaData: 0.5, normalisation: 'none' });
      expect(v.cSkip).toBeCloseTo(edm.cSkip, 12);
      expect(v.cOut).toBeCloseTo(-edm.cOut, 12);
      expect(v.cIn).toBeCloseTo(edm.cIn, 12);
    }
  });

  it('keeps its own cIn when no normalisation is asked for', () => {
    expect(scalings('edm', 1, options)).toEqual(scalings('edm', 1, { ...options, normalisation: 'analytic' }));
  });

  // mean and std of input and target over ln sigma ~ N(-1.2, 1.2^2), for padded Fashion-MNIST in [-.5,.5] and [-1,1]:
  // the batch statistics that the fast.ai notebook 23_karras should print; its own data mean is far from zero
  it.each([
    [{ mean: -0.281, std: 0.3318, sigmaData: 0.33 }, [-0.5682, 1.0312, -0.5327, 1.0325]],
    [{ mean: -0.562, std: 0.6636, sigmaData: 0.66 }, [-0.686, 1.0227, -0.3923, 1.0323]],
  ])('gives batches of %p their known statistics', ({ mean, std, sigmaData }, expected) => {
    const nodes = Array.from({ length: 4001 }, (_, i) => -8 + i * 0.004);
    const expectation = (f: (sigma: number) => number) => nodes.reduce((sum, x) => sum + (f(Math.exp(-1.2 + 1.2 * x)) * Math.exp(-x * x / 2) * 0.004) / Math.sqrt(2 * Math.PI), 0);
    const moments = (weights: (sigma: number) => { x0: number; eps: number }) => {
      const first = mean * expectation((sigma) => weights(sigma).x0);
      const second = expectation((sigma) => weights(sigma).x0 ** 2 * (mean ** 2 + std ** 2) + weights(sigma).eps ** 2);
      return [first, Math.sqrt(second - first ** 2)];
    };
    const scaling: ScalingOptions = { b: 1, sigmaData, normalisation: 'analytic' };
    const input = moments((sigma) => {
      const { cIn } = scalings('edm', sigma, scaling);
      return { x0: cIn, eps: cIn * sigma };
    });
    const found = [...input, ...moments((sigma) => fTarget('edm', sigma, scaling))];
    // the data's mean and std are given to three or four digits
    found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-3));
  });
});

describe('noiseConditioning', () => {
  const schedule = scheduleOf({ kind: 'cosine', start: 0.2, end: 1, tau: 1, clipMin: 1e-9 });

  it('finds the schedule\'s t again, whatever the input scale', () => {
    for (const b of scales) {
      for (const t of [0.01, 0.4, 0.95]) expect(noiseConditioning('t', sigmaOf(schedule.gamma(t), b), schedule, b)).toBeCloseTo(t, 11);
    }
  });

  it('is ln(sigma)/4 in EDM', () => {
    expect(noiseConditioning('ln-sigma', Math.E ** 4, schedule, 0.3)).toBeCloseTo(1, 12);
  });
});
