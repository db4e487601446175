import { cosine } from './curves.js';
import { sigmaOf } from '../levels.js';
import { cosineReleased, flow, laplace, logitNormal, modeWeighted, shiftedCosine } from './log-snr.js';
import { normalCdf } from '../normal-distribution.js';
import { midpoints } from './every-schedule.fixture.js';

const clipMin = 1e-9;
const times = [1e-6, 0.001, 0.02, 0.3, 0.5, 0.7, 0.98, 0.999];

it.each([0.1, 0.5, 1, 2])('the cosine shifted by %p is the cosine at that input scale', (shift) => {
  const [shifted, plain] = [shiftedCosine({ shift, clipMin }), cosine({ start: 0, end: 1, tau: 1, clipMin: 1e-12 })];
  for (const t of times) {
    expect(shifted.logSnr(t)).toBeCloseTo(plain.logSnr(t) + 2 * Math.log(shift), 11);
    expect(sigmaOf(shifted.gamma(t), 1) / sigmaOf(plain.gamma(t), shift)).toBeCloseTo(1, 3);
  }
});

it('the released cosine is cos(u pi/2)^2', () => {
  const schedule = cosineReleased({ clipMin });
  for (const t of [0, ...times, 1]) {
    expect(schedule.gamma(t) / Math.cos(((t + 0.0002) / 1.00025) * (Math.PI / 2)) ** 2).toBeCloseTo(1, 11);
  }
});

it('the log-SNR of laplace has Laplace\'s distribution over uniform t', () => {
  const [mean, scale] = [-1, 0.8];
  const schedule = laplace({ mean, scale, clipMin });
  for (const t of times) {
    const l = schedule.logSnr(t);
    const below = l < mean ? Math.exp((l - mean) / scale) / 2 : 1 - Math.exp((mean - l) / scale) / 2;
    // as t rises log-SNR falls: a fraction 1 - t of all levels is below
    expect(below).toBeCloseTo(1 - t, 14);
  }
});

it('the log-SNR of laplace has mean `mean` and variance 2 scale^2', () => {
  const schedule = laplace({ mean: 0.3, scale: 0.5, clipMin });
  const values = midpoints(100_000).map((t) => schedule.logSnr(t));
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  expect(mean).toBeCloseTo(0.3, 10);
  expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(2 * 0.5 ** 2, 3);
});

it.each([[0, 1], [-1.2, 1.2]])('the flow time of logit-normal(%p, %p) has that distribution over uniform t', (mean, std) => {
  const schedule = logitNormal({ mean, std, clipMin: 1e-12 });
  for (const t of times) {
    const sigma = Math.sqrt((1 - schedule.gamma(t)) / schedule.gamma(t));
    const flow = sigma / (1 + sigma);
    expect(normalCdf((Math.log(flow / (1 - flow)) - mean) / std)).toBeCloseTo(t, 11);
  }
});

const sigmaAt = (logSnr: number): number => Math.exp(-logSnr / 2);

it.each([0.3, 1, 3])('the flow time of flow(%p) is Stable Diffusion 3\'s shifted time, shift t/(1 + (shift - 1) t), of uniform t', (shift) => {
  const schedule = flow({ shift, clipMin });
  for (const t of times) expect((sigmaAt(schedule.logSnr(t)) / (1 + sigmaAt(schedule.logSnr(t)))) / ((shift * t) / (1 + (shift - 1) * t))).toBeCloseTo(1, 12);
});

it.each([-1, -0.5, 0, 1.29, 1.75])('the flow time of mode-weighted(%p) is 1 - u - scale (cos(pi u/2)^2 - 1 + u) at u = 1 - t', (scale) => {
  const schedule = modeWeighted({ scale, clipMin: 1e-15 });
  for (const t of times) {
    const u = 1 - t;
    const sigma = sigmaAt(schedule.logSnr(t));
    expect(sigma / (1 + sigma)).toBeCloseTo(1 - u - scale * (Math.cos((Math.PI * u) / 2) ** 2 - 1 + u), 12);
  }
});

it('mode-weighted draws the middle more often than the ends as the scale grows, by 1/(1 + scale - scale pi/2 sin(pi t)) in flow time', () => {
  const middle = (scale: number): number => {
    const schedule = modeWeighted({ scale, clipMin });
    return midpoints(10_000).filter((t) => Math.abs(sigmaAt(schedule.logSnr(t)) / (1 + sigmaAt(schedule.logSnr(t))) - 0.5) < 0.01).length / 10_000;
  };
  for (const scale of [-0.5, 0, 1]) expect(middle(scale) / (0.02 / (1 + scale - (scale * Math.PI) / 2))).toBeCloseTo(1, 1);
});
