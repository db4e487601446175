import { sigmaOf } from './levels.js';
import { parameterisations } from './parameterisations.fixture.js';
import type { VpParameterisation } from './parameterisations.fixture.js';
import { fTarget, noiseConditioning, scalings } from './preconditioning.js';
import type { Parameterisation, ScalingOptions } from './preconditioning.js';
import { scheduleOf } from './schedules.js';

const [z, eps] = [0.7, -1.3];
const gammas = [1e-6, 0.01, 0.3, 0.5, 0.9, 0.999];
const sigmas = [0.002, 0.1, 0.5, 1, 7, 80];
const scales = [0.1, 0.5, 1, 1.507];

describe.each(['eps', 'x0', 'v', 'flow'] as VpParameterisation[])('parameterisation %s', (kind) => {
  const { target, toX0, toEps } = parameterisations[kind];

  it('gives z and eps back from x_t and its own target', () => {
    for (const gamma of gammas) {
      const xt = Math.sqrt(gamma) * z + Math.sqrt(1 - gamma) * eps;
      const weights = target(gamma);
      const output = weights.z * z + weights.eps * eps;
      const apply = (c: { xt: number; output: number }) => c.xt * xt + c.output * output;
      // dividing by the weaker of signal and noise magnifies the last digit by up to 1e3 here
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
        // the flow's own x_t is the VP one over a + q
        expect(cIn / (a * b)).toBeCloseTo(kind === 'flow' ? 1 / (a + Math.sqrt(1 - gamma)) : 1, 12);
        expect(cSkip).toBeCloseTo(toX0(gamma).xt * a, 12);
        expect(cOut / (toX0(gamma).output / b)).toBeCloseTo(1, 10);
        const weights = fTarget(kind, sigma, { b, sigmaData: 0.66 });
        expect(weights.x0).toBeCloseTo(target(gamma).z * b, 12);
        expect(weights.eps).toBeCloseTo(target(gamma).eps, 12);
      }
    }
  });
});

const kinds: Parameterisation[] = ['eps', 'x0', 'v', 'edm', 'flow', 've'];

describe.each(kinds)('scaling %s', (kind) => {
  it('turns the target into x0', () => {
    for (const sigma of sigmas) {
      for (const b of scales) {
        const options: ScalingOptions = { b, sigmaData: 0.5, normalisation: 'analytic' };
        const { cSkip, cOut } = scalings(kind, sigma, options);
        const weights = fTarget(kind, sigma, options);
        // x0 must come through unchanged and the noise not at all
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

describe('the network\'s output', () => {
  const pairs = kinds.flatMap((from) => kinds.filter((to) => to !== from).map((to) => [from, to] as const));

  it.each(pairs)('as %s gives through the denoiser the output it should have as %s, and back', (from, to) => {
    for (const sigma of sigmas) {
      for (const b of scales) {
        const options: ScalingOptions = { b, sigmaData: 0.5, normalisation: 'none' };
        const x0 = z / b;
        const y = x0 + sigma * eps;
        const truth = (kind: Parameterisation) => fTarget(kind, sigma, options).x0 * x0 + fTarget(kind, sigma, options).eps * eps;
        const denoised = (kind: Parameterisation, output: number) => scalings(kind, sigma, options).cSkip * y + scalings(kind, sigma, options).cOut * output;
        const answer = (kind: Parameterisation, x0Hat: number) => (x0Hat - scalings(kind, sigma, options).cSkip * y) / scalings(kind, sigma, options).cOut;
        // an error in F, so that x0-hat is not x0
        const output = truth(from) + 0.25;
        const converted = answer(to, denoised(from, output));
        const wrongBy = (0.25 * scalings(from, sigma, options).cOut) / scalings(to, sigma, options).cOut;
        // conversions cancel where one side hardly depends on x0-hat, hence a tolerance relative to y as well
        const digits = (kind: Parameterisation) => 1e-12 * Math.max(1, Math.abs(truth(kind)), Math.abs(y / scalings(kind, sigma, options).cOut));
        expect(Math.abs(converted - truth(to) - wrongBy)).toBeLessThan(digits(to));
        expect(Math.abs(answer(from, denoised(to, converted)) - output)).toBeLessThan(digits(from));
      }
    }
  });
});

describe('the flow\'s scaling', () => {
  it('is the straight path (1 - t) b x0 + t eps followed along its velocity', () => {
    for (const t of [0.001, 0.2, 0.5, 0.9, 0.999]) {
      for (const b of scales) {
        const sigma = t / ((1 - t) * b);
        const { cSkip, cOut, cIn } = scalings('flow', sigma, { b, sigmaData: 0.66, normalisation: 'none' });
        const y = z / b + sigma * eps;
        const xt = (1 - t) * z + t * eps;
        expect(cIn * y).toBeCloseTo(xt, 12);
        // b x0 = x_t - t F, for any F
        for (const output of [eps - z, 0, 2.5]) expect((cSkip * y + cOut * output) * b).toBeCloseTo(xt - t * output, 12);
      }
    }
  });
});

describe('EDM\'s scaling', () => {
  const options: ScalingOptions = { b: 0.3, sigmaData: 0.5, normalisation: 'none' };

  it('gives the best denoiser of Gaussian data a loss of exactly 1 at every level', () => {
    for (const sigma of sigmas) {
      const leastError = (sigma ** 2 * 0.5 ** 2) / (sigma ** 2 + 0.5 ** 2);
      expect(leastError / scalings('edm', sigma, options).cOut ** 2).toBeCloseTo(1, 12);
    }
  });

  it('is that of v with sigmaData = 1/b and the opposite sign', () => {
    for (const sigma of sigmas) {
      const edm = scalings('edm', sigma, { b: 2, sigmaData: 0.5, normalisation: 'none' });
      const v = scalings('v', sigma, { b: 2, sigmaData: 0.5, normalisation: 'none' });
      expect(v.cSkip).toBeCloseTo(edm.cSkip, 12);
      expect(v.cOut).toBeCloseTo(-edm.cOut, 12);
      expect(v.cIn).toBeCloseTo(edm.cIn, 12);
    }
  });

  it('keeps its own cIn without normalisation', () => {
    expect(scalings('edm', 1, options)).toEqual(scalings('edm', 1, { ...options, normalisation: 'analytic' }));
  });
});

describe('EDM, Table 1', () => {
  /** cSkip, cOut, cIn as printed. */
  const columns: [string, Parameterisation, (sigma: number) => [number, number, number]][] = [
    ['VP', 'eps', (sigma) => [1, -sigma, 1 / Math.sqrt(sigma ** 2 + 1)]],
    ['VE', 've', (sigma) => [1, sigma, 1]],
    ['iDDPM', 'eps', (sigma) => [1, -sigma, 1 / Math.sqrt(sigma ** 2 + 1)]],
  ];

  it.each(columns)('column %s is %s at input scale 1, its input not normalised', (...[, kind, printed]) => {
    for (const sigma of sigmas) {
      const { cSkip, cOut, cIn } = scalings(kind, sigma, { b: 1, sigmaData: 0.5, normalisation: 'none' });
      printed(sigma).forEach((value, i) => expect([cSkip, cOut, cIn][i]! / value).toBeCloseTo(1, 12));
    }
  });
});

describe('noiseConditioning', () => {
  const schedule = scheduleOf({ kind: 'cosine', start: 0.2, end: 1, tau: 1, clipMin: 1e-9 });

  it('recovers the schedule\'s t, whatever the input scale', () => {
    for (const b of scales) {
      for (const t of [0.01, 0.4, 0.95]) expect(noiseConditioning('t', sigmaOf(schedule.gamma(t), b), schedule, b)).toBeCloseTo(t, 11);
    }
  });

  it('is ln(sigma)/4 in EDM', () => {
    expect(noiseConditioning('ln-sigma', Math.E ** 4, schedule, 0.3)).toBeCloseTo(1, 12);
  });

  it('is the signal power, the raw level, or none', () => {
    for (const b of scales) {
      for (const gamma of gammas) {
        const sigma = sigmaOf(gamma, b);
        expect(noiseConditioning('gamma', sigma, schedule, b)).toBeCloseTo(gamma, 12);
        expect(noiseConditioning('sigma', sigma, schedule, b)).toBe(sigma);
        expect(noiseConditioning('none', sigma, schedule, b)).toBe(0);
      }
    }
  });
});
