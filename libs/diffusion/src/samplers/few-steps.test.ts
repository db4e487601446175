import { gaussianDenoiser, mixtureDenoiser } from '../oracles.js';
import { nfe, order, tableauOf } from '../samplers.js';
import type { SamplerShape } from '../samplers.js';
import { edmLevels } from '../samplers.fixture.js';
import { endOnGaussian, runOnNumber } from '../scalar-run.fixture.js';
import { evaluationCount } from '../tableau.js';
import { vpSigma, vpTime } from '../vp-process.js';
import { exponentialMoments, exponentialWeights } from './exponential-weights.js';

/** Each solver against a second formulation: its paper's update as written, on numbers, with x0-hat of a mixture of two Gaussians. */

const denoiser = mixtureDenoiser([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]);
const vp = { betaD: 19.9, betaMin: 0.1 };
/** Uneven, and ending above 0. */
const sigmas = [20, 11, 7, 2.9, 1.8, 0.6, 0.25, 0.06];
const noises = sigmas.map((_, i) => Math.sin(12.9898 * (i + 1)));
const run = (sampler: SamplerShape, levels: readonly number[] = sigmas) => {
  let drawn = 0;
  return runOnNumber(tableauOf(sampler, { b: 1 }), { denoiser, y: 13, noise: () => noises[drawn++]! }, levels);
};

/** A run from the first level to the last: each move is given the state and, latest first, the levels visited with their x0-hats and slopes. */
interface Visited { sigma: number; y: number; x0: number; slope: number }
function moves(move: (visited: readonly Visited[], next: number) => number): number {
  const visited: Visited[] = [];
  return sigmas.slice(1).reduce((y, next, i) => {
    const x0 = denoiser(y, sigmas[i]!);
    visited.unshift({ sigma: sigmas[i]!, y, x0, slope: (y - x0) / sigmas[i]! });
    return move(visited, next);
  }, 13);
}

/** Simpson's rule. */
function integral(from: number, to: number, f: (at: number) => number, n = 4000): number {
  const width = (to - from) / n;
  return (width / 3) * Array.from({ length: n + 1 }, (_, i) => (i === 0 || i === n ? 1 : i % 2 ? 4 : 2) * f(from + i * width)).reduce((sum, term) => sum + term, 0);
}

const lagrange = (nodes: readonly number[], j: number, at: number) => nodes.reduce((product, node, k) => (k === j ? product : (product * (at - node)) / (nodes[j]! - node)), 1);

describe('iPNDM', () => {
  const weights = [[1], [1.5, -0.5], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]];

  it.each([1, 2, 3, 4])('of order %p has the weights of even steps', (most) => {
    const expected = moves((visited, next) => {
      const used = weights[Math.min(most, visited.length) - 1]!;
      return visited[0]!.y + (next - visited[0]!.sigma) * used.reduce((sum, weight, k) => sum + weight * visited[k]!.slope, 0);
    });
    expect(run({ kind: 'ipndm', order: most })).toBeCloseTo(expected, 11);
  });

  it.each([2, 3])('with variable steps, of order %p, is lms', (most) => {
    // the coefficients of Chen et al. 2024 (GITS), in ratios of steps
    const expected = moves((visited, next) => {
      const [now, then, earlier] = visited;
      const h = next - now!.sigma;
      if (then === undefined) return now!.y + h * now!.slope;
      const h1 = now!.sigma - then.sigma;
      if (most === 2 || earlier === undefined) return now!.y + h * ((1 + h / (2 * h1)) * now!.slope - (h / (2 * h1)) * then.slope);
      const h2 = then.sigma - earlier.sigma;
      const shared = (1 - h / (3 * (h + h1))) * (h / h1) * ((h + h1) / (h1 + h2)) / 2;
      return now!.y + h * ((1 + h / (2 * h1) + shared) * now!.slope - (h / (2 * h1) + shared * (1 + h1 / h2)) * then.slope + shared * (h1 / h2) * earlier.slope);
    });
    expect(run({ kind: 'lms', order: most })).toBeCloseTo(expected, 11);
  });
});

describe('DEIS', () => {
  it.each([1, 2, 3])('tAB%p integrates the polynomial in t, in the variables of the paper', (degree) => {
    // x = sqrt(alpha) y with alpha = 1/(1 + sigma^2): x' = sqrt(alpha'/alpha) x + the sum of C_j eps_j
    const expected = moves((visited, next) => {
      const used = visited.slice(0, degree + 1);
      const times = used.map(({ sigma }) => vpTime(vp, sigma));
      const alpha = (t: number) => 1 / (1 + vpSigma(vp, t) ** 2);
      const end = vpTime(vp, next);
      // -1/2 d ln alpha/dt = (betaD t + betaMin)/2, over sqrt(alpha (1 - alpha)), times sqrt(alpha') to the end
      const weight = (j: number) => integral(times[0]!, end, (t) => (((vp.betaD * t + vp.betaMin) / 2) * Math.sqrt(alpha(end))) / Math.sqrt(alpha(t) * (1 - alpha(t))) * lagrange(times, j, t));
      const x = Math.sqrt(alpha(times[0]!)) * used[0]!.y;
      const moved = Math.sqrt(alpha(end) / alpha(times[0]!)) * x + used.reduce((sum, { slope }, j) => sum + weight(j) * slope, 0);
      return moved / Math.sqrt(alpha(end));
    });
    expect(run({ kind: 'deis', degree, ...vp })).toBeCloseTo(expected, 9);
  });
});

/** The solution of a small linear system. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < rows.length; k++) {
      if (k === i) continue;
      const factor = rows[k]![i]! / rows[i]![i]!;
      rows[k] = rows[k]!.map((value, c) => value - factor * rows[i]![c]!);
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

describe('UniPC', () => {
  const rows = (['bh1', 'bh2'] as const).flatMap((variant) => [1, 2, 3].map((most) => ({ variant, most })));

  it.each(rows)('of order $most, $variant, is the paper\'s predictor and corrector', ({ variant, most }) => {
    let [y, x0] = [13, denoiser(13, sigmas[0]!)];
    const known = [{ lambda: -Math.log(sigmas[0]!), x0 }];
    for (const [i, next] of sigmas.slice(1).entries()) {
      const count = Math.min(most, i + 1);
      const [sigma, lambda] = [sigmas[i]!, -Math.log(next)];
      const h = lambda - known[0]!.lambda;
      const rs = [...known.slice(1, count).map((earlier) => (earlier.lambda - known[0]!.lambda) / h), 1];
      const B = variant === 'bh1' ? -h : Math.expm1(-h);
      let [phi, factorial] = [Math.expm1(-h) / -h - 1, 1];
      const b = rs.map((_, k) => {
        const value = (phi * factorial) / B;
        factorial *= k + 2;
        phi = phi / -h - 1 / factorial;
        return value;
      });
      const R = rs.map((_, k) => rs.map((r) => r ** k));
      const D = known.slice(1, count).map((earlier, k) => (earlier.x0 - known[0]!.x0) / rs[k]!);
      const half = (solution: () => number[], when: boolean) => (when ? [0.5] : solution());
      const predictor = count === 1 ? [] : half(() => solved(R.slice(0, -1).map((row) => row.slice(0, -1)), b.slice(0, -1)), count === 2);
      const corrector = half(() => solved(R, b), count === 1);
      const base = (next / sigma) * y - Math.expm1(-h) * known[0]!.x0;
      const predicted = base - B * predictor.reduce((sum, rho, k) => sum + rho * D[k]!, 0);
      if (i === sigmas.length - 2) y = predicted;
      else {
        x0 = denoiser(predicted, next);
        y = base - B * (D.reduce((sum, d, k) => sum + corrector[k]! * d, 0) + corrector.at(-1)! * (x0 - known[0]!.x0));
        known.unshift({ lambda, x0 });
      }
    }
    expect(run({ kind: 'unipc', order: most, variant })).toBeCloseTo(y, 10);
  });

  it('does not depend on B(h) where no coefficient is set to 1/2', () => {
    const [one, other] = (['bh1', 'bh2'] as const).map((variant) => tableauOf({ kind: 'unipc', order: 3, variant }, { b: 1 })(sigmas));
    // the first two moves, and the corrections that the next one folds in, have a 1/2
    one!.slice(3).forEach(({ end }, i) => expect(end.x0![0]).toBeCloseTo(other![i + 3]!.end.x0![0]!, 12));
    expect(Math.abs(one![1]!.end.x0![0]! - other![1]!.end.x0![0]!)).toBeGreaterThan(1e-3);
  });
});

describe('SA-Solver', () => {
  it.each([[1, 0, 1], [2, 2, 1], [3, 3, 0.4], [4, 4, 0], [3, 0, 0.7], [2, 4, 1]])('with predictor %p, corrector %p and eta %p has the paper\'s integrals, and one noise for both', (predictor, corrector, eta) => {
    const known = [{ lambda: -Math.log(sigmas[0]!), x0: denoiser(13, sigmas[0]!) }];
    let y = 13;
    for (const [i, next] of sigmas.slice(1).entries()) {
      const [lambda, from] = [-Math.log(next), known[0]!.lambda];
      // eq. 15, at alpha = 1: the integral of exp(-(1 + tau^2)(lambda' - lambda)) (1 + tau^2) l_j
      const part = (nodes: readonly typeof known[number][]) => nodes.reduce((sum, { x0 }, j) => sum + x0 * integral(from, lambda, (at) => (1 + eta) * Math.exp(-(1 + eta) * (lambda - at)) * lagrange(nodes.map((node) => node.lambda), j, at)), 0);
      const rest = (next / sigmas[i]!) * Math.exp(-eta * (lambda - from)) * y + next * Math.sqrt(1 - Math.exp(-2 * eta * (lambda - from))) * (eta === 0 ? 0 : noises[i]!);
      const predicted = rest + part(known.slice(0, predictor));
      const last = i === sigmas.length - 2;
      if (!last) known.unshift({ lambda, x0: denoiser(predicted, next) });
      y = last || corrector === 0 ? predicted : rest + part(known.slice(0, corrector));
    }
    expect(run({ kind: 'sa-solver', predictor, corrector, eta })).toBeCloseTo(y, 9);
  });

  it.each([0, 0.5, 1])('with predictor 2 and no corrector, at eta %p, is dpmpp-2m-sde with heun', (eta) => {
    expect(run({ kind: 'sa-solver', predictor: 2, corrector: 0, eta })).toBeCloseTo(run({ kind: 'dpmpp-2m-sde', solver: 'heun', eta }), 11);
  });
});

it('dpmpp-3m has the update of the authors\' code', () => {
  const expected = moves((visited, next) => {
    const [m0, m1, m2] = visited;
    const h = Math.log(m0!.sigma / next);
    const phi1 = Math.expm1(-h);
    const first = (next / m0!.sigma) * m0!.y - phi1 * m0!.x0;
    if (m1 === undefined) return first;
    const r0 = Math.log(m1.sigma / m0!.sigma) / h;
    const d10 = (m0!.x0 - m1.x0) / r0;
    const phi2 = phi1 / h + 1;
    // on its second step k-diffusion has the exact integral, where the authors' code has the midpoint
    if (m2 === undefined) return first + phi2 * d10;
    const r1 = Math.log(m2.sigma / m1.sigma) / h;
    const d11 = (m1.x0 - m2.x0) / r1;
    return first + phi2 * (d10 + (r0 / (r0 + r1)) * (d10 - d11)) - (phi2 / h - 0.5) * ((d10 - d11) / (r0 + r1));
  });
  expect(run({ kind: 'dpmpp-3m' })).toBeCloseTo(expected, 11);
});

it('dpm-3 is DPM-Solver-3 in the variables of the paper', () => {
  const [r1, r2] = [1 / 3, 2 / 3];
  const alphaOf = (sigma: number) => 1 / Math.hypot(1, sigma);
  const eps = (x: number, sigma: number) => (x / alphaOf(sigma) - denoiser(x / alphaOf(sigma), sigma)) / sigma;
  const expected = moves(([now], next) => {
    const { sigma, y } = now!;
    const h = Math.log(sigma / next);
    const [s1, s2] = [sigma * Math.exp(-r1 * h), sigma * Math.exp(-r2 * h)];
    const noiseOf = (level: number) => level * alphaOf(level);
    const x = alphaOf(sigma) * y;
    const at = (level: number, r: number) => (alphaOf(level) / alphaOf(sigma)) * x - noiseOf(level) * Math.expm1(r * h) * eps(x, sigma);
    const u1 = at(s1, r1);
    const u2 = at(s2, r2) - ((noiseOf(s2) * r2) / r1) * (Math.expm1(r2 * h) / (r2 * h) - 1) * (eps(u1, s1) - eps(x, sigma));
    const end = at(next, 1) - (noiseOf(next) / r2) * (Math.expm1(h) / h - 1) * (eps(u2, s2) - eps(x, sigma));
    return end / alphaOf(next);
  });
  expect(run({ kind: 'dpm-3' })).toBeCloseTo(expected, 11);
});

describe('analyticFirst', () => {
  const analytic: SamplerShape[] = [
    { kind: 'ddim', eta: 0 }, { kind: 'euler' }, { kind: 'heun' }, { kind: 'second-order', alpha: 0.5 }, { kind: 'dpm-2' }, { kind: 'lms', order: 3 }, { kind: 'ipndm', order: 3 },
    { kind: 'deis', degree: 2, ...vp }, { kind: 'unipc', order: 2, variant: 'bh2' }, { kind: 'dpm-3' }, { kind: 'dpmpp-2m' }, { kind: 'dpmpp-3m' },
  ];

  it.each(analytic)('of $kind changes nothing on Gaussian data around 0, at one call fewer', (sampler) => {
    const without = tableauOf(sampler, { b: 1 });
    const shape = { ...sampler, analyticFirst: true } as SamplerShape;
    const tableau = tableauOf(shape, { b: 1, sigmaData: 0.5 });
    const options = { denoiser: gaussianDenoiser({ mean: 0, std: 0.5 }), y: 33 };
    for (const steps of [2, 9]) {
      const levels = edmLevels(steps);
      expect(runOnNumber(tableau, options, levels)).toBeCloseTo(runOnNumber(without, options, levels), 12);
      expect([nfe(shape, steps), evaluationCount(tableau(levels))]).toEqual([nfe(sampler, steps) - 1, nfe(sampler, steps) - 1]);
    }
    expect(order(shape)).toBeUndefined();
  });

  it('needs the standard deviation of the data', () => {
    expect(() => tableauOf({ kind: 'euler', analyticFirst: true }, { b: 1 })).toThrow(new RangeError('analyticFirst of euler needs the standard deviation of the data'));
  });
});

it.each([{ kind: 'heun' }, { kind: 'dpm-3' }, { kind: 'unipc', order: 3, variant: 'bh2' }, { kind: 'sa-solver', predictor: 2, corrector: 2, eta: 1 }] as SamplerShape[])('$kind makes as many calls as it declares where it ends above 0', (sampler) => {
  for (const steps of [1, 4]) expect(evaluationCount(tableauOf(sampler, { b: 1 })(sigmas.slice(0, steps + 1)))).toBe(nfe(sampler, steps, false));
});

describe('exponential weights', () => {
  it.each([1e-4, 0.3, 0.999, 1, 3, 12])('have the moments of exp(-a (1 - u)), a = %p', (a) => {
    exponentialMoments(a, 5).forEach((moment, k) => expect(Math.abs(moment / integral(0, 1, (u) => a * Math.exp(-a * (1 - u)) * u ** k) - 1)).toBeLessThan(1e-9));
  });

  it('sum to 1 - exp(-a), and integrate every polynomial they can', () => {
    const nodes = [1, 0, -0.7, -2.2];
    const weights = exponentialWeights(nodes, 0.8);
    const moments = exponentialMoments(0.8, 4);
    moments.forEach((moment, k) => expect(weights.reduce((sum, weight, j) => sum + weight * nodes[j]! ** k, 0)).toBeCloseTo(moment, 12));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1 - Math.exp(-0.8), 12);
  });
});

it.each<SamplerShape>([{ kind: 'ipndm', order: 4 }, { kind: 'deis', degree: 3, ...vp }, { kind: 'unipc', order: 3, variant: 'bh1' }, { kind: 'unipc', order: 2, variant: 'bh2' }, { kind: 'dpm-3' }, { kind: 'dpmpp-3m' }, { kind: 'sa-solver', predictor: 2, corrector: 2, eta: 0 }])('$kind ends on Gaussian data, in 40 steps, ten times closer to the closed form than Euler', (sampler) => {
  const data = { mean: 0.3, std: 0.5 };
  const off = (shape: SamplerShape) => Math.abs(endOnGaussian(tableauOf(shape, { b: 1 }), data, edmLevels(40)).std / data.std - 1);
  expect(off(sampler)).toBeLessThan(off({ kind: 'euler' }) / 10);
});
