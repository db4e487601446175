import { discreteLevels } from './discretisations/iddpm.js';
import type { DiscreteLevels } from './discretisations/iddpm.js';
import { leastFloat32, mostFloat32, sigmaOf } from './levels.js';
import { normalDensity, probit } from './normal-distribution.js';
import { density } from './schedules/density.js';
import type { Schedule } from './schedules/schedule.js';
import { vpSigma, vpSigmaRate } from './vp-process.js';
import type { VpProcess } from './vp-process.js';

/** Where the noise levels of a training run come from, as written in a spec. */
export type NoiseDistributionShape =
  | { kind: 'schedule' }
  | { kind: 'log-normal'; mean: number; std: number }
  | { kind: 'log-uniform'; sigmaMin: number; sigmaMax: number }
  | { kind: 'cauchy'; location: number; scale: number; sigmaMin: number; sigmaMax: number }
  | ({ kind: 'vp'; epsilon: number } & VpProcess)
  | ({ kind: 'iddpm' } & DiscreteLevels);

/** A distribution of sigma. */
export interface NoiseLevels {
  /** One sigma > 0. It calls either `uniform` (in [0, 1)) or `normal` (mean 0, std 1), once. */
  draw(uniform: () => number, normal: () => number): number;
  /** The u-quantile, u in (0, 1); for uniform u it has the same distribution as `draw`. */
  quantile(u: number): number;
  /** The density over ln sigma. It integrates to 1 minus the fraction at a schedule's single clipped level. */
  density(lnSigma: number): number;
  /** The range trained on: all draws if the distribution is bounded, otherwise the middle 99.9 % of them. */
  range: { sigmaMin: number; sigmaMax: number };
}

/** Levels stay inside this range of t: at 0 there is no noise to learn from, at 1 a schedule's last clipped gamma makes sigma 30,000. */
const trainedT = { from: 0.001, to: 0.999 } as const;

/** A gamma that rounds to 1 would make sigma 0, a level without noise. */
const belowOne = 1 - Number.EPSILON / 2;

/** The fraction of an unbounded distribution outside `range`, half on each side. */
const outside = 0.001;

/** Whether a training run over this range covers sigma; up to one percent beyond an end still counts. */
export function covers({ sigmaMin, sigmaMax }: NoiseLevels['range'], sigma: number): boolean {
  return sigma >= sigmaMin * 0.99 && sigma <= sigmaMax * 1.01;
}

/** The distribution that a spec names; `schedule` and b are those of the training run and affect only the kind 'schedule'. RangeError if the range is not one of float32 above 0. */
export function noiseLevels(shape: NoiseDistributionShape, given: { schedule: Schedule; b: number }): NoiseLevels {
  const levels = distributionOf(shape, given);
  const { sigmaMin, sigmaMax } = levels.range;
  if (!(sigmaMin >= leastFloat32 && sigmaMin <= sigmaMax && sigmaMax <= mostFloat32)) throw new RangeError(`the noise distribution ${shape.kind} has levels from sigma ${sigmaMin} to ${sigmaMax}, which float32 does not hold: ${JSON.stringify(shape)}`);
  return levels;
}

function distributionOf(shape: NoiseDistributionShape, { schedule, b }: { schedule: Schedule; b: number }): NoiseLevels {
  switch (shape.kind) {
    case 'schedule': return onSchedule(schedule, b);
    case 'log-normal': return logNormal(shape);
    case 'log-uniform': return logUniform(shape);
    case 'cauchy': return cauchy(shape);
    case 'vp': return onVpProcess(shape);
    case 'iddpm': return onDiscreteLevels(shape);
  }
}

/** t uniform on `trainedT`. Chen 2023, sec. 2. */
function onSchedule(schedule: Schedule, b: number): NoiseLevels {
  const quantile = (u: number) => sigmaOf(Math.min(belowOne, schedule.gamma(trainedT.from + (trainedT.to - trainedT.from) * u)), b);
  const range = { sigmaMin: quantile(0), sigmaMax: quantile(1) };
  const [from, to] = [Math.log(range.sigmaMin), Math.log(range.sigmaMax)];
  return {
    draw: (uniform) => quantile(uniform()),
    quantile,
    density: (lnSigma) => (lnSigma < from || lnSigma > to ? 0 : density(schedule, lnSigma, b) / (trainedT.to - trainedT.from)),
    range,
  };
}

/** ln sigma ~ N(mean, std^2). EDM, Table 1. */
function logNormal({ mean, std }: { mean: number; std: number }): NoiseLevels {
  const quantile = (u: number) => Math.exp(mean + std * probit(u));
  return {
    draw: (_uniform, normal) => Math.exp(mean + std * normal()),
    quantile,
    density: (lnSigma) => normalDensity((lnSigma - mean) / std) / std,
    range: { sigmaMin: quantile(outside / 2), sigmaMax: quantile(1 - outside / 2) },
  };
}

/** ln sigma uniform between the ends: the levels of the variance-exploding process. EDM, Table 1. */
function logUniform({ sigmaMin, sigmaMax }: { sigmaMin: number; sigmaMax: number }): NoiseLevels {
  const [from, to] = [Math.log(sigmaMin), Math.log(sigmaMax)];
  const quantile = (u: number) => Math.exp(from + (to - from) * u);
  return {
    draw: (uniform) => quantile(uniform()),
    quantile,
    density: (lnSigma) => (lnSigma < from || lnSigma > to ? 0 : 1 / (to - from)),
    range: { sigmaMin, sigmaMax },
  };
}

/** ln sigma has a Cauchy distribution, cut off at the ends: uncut, its tails reach beyond what any float holds. Hang et al. 2024, Table 1: of log-SNR = -2 ln sigma the location is -2 location, and the scale 2 scale. */
function cauchy({ location, scale, sigmaMin, sigmaMax }: { location: number; scale: number; sigmaMin: number; sigmaMax: number }): NoiseLevels {
  const [from, to] = [Math.log(sigmaMin), Math.log(sigmaMax)];
  const angle = (lnSigma: number) => Math.atan((lnSigma - location) / scale);
  const [least, width] = [angle(from), angle(to) - angle(from)];
  const quantile = (u: number) => Math.min(sigmaMax, Math.max(sigmaMin, Math.exp(location + scale * Math.tan(least + width * u))));
  return {
    draw: (uniform) => quantile(uniform()),
    quantile,
    density: (lnSigma) => (lnSigma < from || lnSigma > to ? 0 : scale / (width * (scale ** 2 + (lnSigma - location) ** 2))),
    range: { sigmaMin, sigmaMax },
  };
}

/** t uniform from epsilon to 1 on the variance-preserving process, for any schedule of the training run. EDM, Table 1, column VP. */
function onVpProcess({ epsilon, ...process }: { epsilon: number } & VpProcess): NoiseLevels {
  const quantile = (u: number) => vpSigma(process, epsilon + (1 - epsilon) * u);
  const range = { sigmaMin: quantile(0), sigmaMax: quantile(1) };
  return {
    draw: (uniform) => quantile(uniform()),
    quantile,
    density: (lnSigma) => {
      const sigma = Math.exp(lnSigma);
      return sigma < range.sigmaMin || sigma > range.sigmaMax ? 0 : 1 / ((1 - epsilon) * vpSigmaRate(process, sigma));
    },
    range,
  };
}

/** One of iDDPM's discrete levels above 0, all equally likely. EDM, Table 1, column iDDPM. The density distributes each level's probability over the ln sigma nearest to it. */
function onDiscreteLevels(shape: DiscreteLevels): NoiseLevels {
  const sigmas = discreteLevels(shape).slice(0, -1).reverse();
  const quantile = (u: number) => sigmas[Math.min(sigmas.length - 1, Math.floor(u * sigmas.length))]!;
  const lns = sigmas.map(Math.log);
  const edges = [lns[0]!, ...lns.slice(1).map((ln, i) => (ln + lns[i]!) / 2), lns.at(-1)!];
  return {
    draw: (uniform) => quantile(uniform()),
    quantile,
    density: (lnSigma) => {
      const above = edges.findIndex((edge) => edge > lnSigma);
      return above < 1 ? 0 : 1 / (sigmas.length * (edges[above]! - edges[above - 1]!));
    },
    range: { sigmaMin: sigmas[0]!, sigmaMax: sigmas.at(-1)! },
  };
}
