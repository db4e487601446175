import type { Tableau } from '../tableau.js';
import { endOf } from '../samplers.fixture.js';
import { endOnGaussian } from '../scalar-run.fixture.js';
import { dpmpp2mSde, dpmpp3mSde } from './dpmpp-multistep-sde.js';

const sigmas = [9, 4, 2.5, 1.1];
const [h, last, before] = [Math.log(2.5 / 1.1), Math.log(4 / 2.5), Math.log(9 / 4)];

/** Weights of the third step: of the current x0-hat, the previous one and the one before that. */
function weightsOf(tableau: Tableau): number[] {
  const { x0, past } = endOf(tableau, sigmas, 2);
  return [x0[0]!, past[0]?.x0 ?? 0, past[1]?.x0 ?? 0];
}

/** The SDE's integral of x0-hat(tau), tau = ln(sigma/level) in the step, by Simpson's rule. */
function integral(eta: number, x0: (tau: number) => number): number {
  const [n, rate] = [2000, 1 + eta];
  const value = (tau: number) => rate * Math.exp(-rate * (h - tau)) * x0(tau);
  return Array.from({ length: n + 1 }, (_, i) => (i === 0 || i === n ? 1 : i % 2 ? 4 : 2) * value((i * h) / n)).reduce((sum, term) => sum + term, 0) * (h / n / 3);
}

/** Newton's polynomial through x0-hats at 0, -last and -last - before, its second-order term times `share`. */
function parabola([now, then, earlier]: readonly [number, number, number], share: number): (tau: number) => number {
  const [first, second] = [(now - then) / last, (then - earlier) / before];
  const bend = (first - second) / (last + before);
  return (tau) => now + tau * (first + bend * last) + share * bend * tau * tau;
}

const units = [[1, 0, 0], [0, 1, 0], [0, 0, 1]] as const;

describe.each([0, 0.5, 1])('multistep SDE samplers at eta %p', (eta) => {
  it('2m with heun integrates the line through two x0-hats', () => {
    const expected = [[1, 0], [0, 1]].map(([now, then]) => integral(eta, (tau) => now! + (tau * (now! - then!)) / last));
    const weights = weightsOf(dpmpp2mSde({ eta, solver: 'heun' }));
    [...expected, 0].forEach((weight, i) => expect(weights[i]).toBeCloseTo(weight, 9));
  });

  it('2m with midpoint takes the value of that line at its midpoint', () => {
    const away = 1 - Math.exp(-(1 + eta) * h);
    const weights = weightsOf(dpmpp2mSde({ eta, solver: 'midpoint' }));
    [away * (1 + h / (2 * last)), (-away * h) / (2 * last), 0].forEach((weight, i) => expect(weights[i]).toBeCloseTo(weight, 12));
  });

  it('3m integrates the parabola through three, its second-order term halved', () => {
    const weights = weightsOf(dpmpp3mSde({ eta }));
    units.forEach((unit, i) => expect(weights[i]).toBeCloseTo(integral(eta, parabola(unit, 0.5)), 9));
  });

  it('3m uses the line on its second step', () => {
    const { x0, past } = endOf(dpmpp3mSde({ eta }), sigmas.slice(1), 1);
    const line = weightsOf(dpmpp2mSde({ eta, solver: 'heun' }));
    expect(x0[0]).toBeCloseTo(line[0]!, 12);
    expect(past.map((weight) => weight.x0)).toEqual([expect.closeTo(line[1]!, 12)]);
  });

  it.each([['2m', dpmpp2mSde({ eta, solver: 'heun' })], ['3m', dpmpp3mSde({ eta })]] as const)('%s keeps noise of the level: a known image is left N(mu, sigma^2)', (_, tableau) => {
    for (const count of [2, 3, 4]) {
      expect(endOnGaussian(tableau, { mean: 0.7, std: 0 }, sigmas.slice(0, count)).std).toBeCloseTo(sigmas[count - 1]!, 12);
    }
  });
});
