import * as tf from '@tensorflow/tfjs-core';
import type { ReadingDenoiser } from '@elucidate/diffusion/denoiser';
import { type RandomStream, randomStream } from '@elucidate/diffusion/noise';
import type { Images } from '../images.js';
import type { Labels } from '../labels.js';

/** A distribution of points in the plane: isotropic normal components of one width. */
export interface Mixture {
  /** Sum to one. */
  weights: readonly number[];
  means: readonly (readonly [number, number])[];
  /** Of every component, along either axis. */
  std: number;
}

/** Standard deviation along an axis, the mean of the two: that of Fashion-MNIST in [-1, 1]. */
export const sigmaData = 0.66;

/** Four components of unequal weight on a ring, five of their own widths apart: no component's weight follows from the others. */
export const ring: Mixture = ringOf({ weights: [0.35, 0.15, 0.3, 0.2], width: 0.28 });

function ringOf({ weights, width }: { weights: readonly number[]; width: number }): Mixture {
  const angles = weights.map((_, k) => (2 * Math.PI * k) / weights.length);
  const unit: Mixture = { weights, means: angles.map((angle) => [Math.cos(angle), Math.sin(angle)] as const), std: width };
  const { variances } = momentsOf(unit);
  const scale = sigmaData / Math.sqrt((variances[0] + variances[1]) / 2);
  return { weights, means: unit.means.map(([x, y]) => [x * scale, y * scale] as const), std: width * scale };
}

/** Mean, variance along each axis, and covariance, in closed form. */
export function momentsOf({ weights, means, std }: Mixture): { mean: [number, number]; variances: [number, number]; covariance: number } {
  const expected = (of: (mean: readonly [number, number]) => number) => weights.reduce((sum, weight, k) => sum + weight * of(means[k]!), 0);
  const mean: [number, number] = [expected(([x]) => x), expected(([, y]) => y)];
  return {
    mean,
    variances: [expected(([x]) => (x - mean[0]) ** 2) + std ** 2, expected(([, y]) => (y - mean[1]) ** 2) + std ** 2],
    covariance: expected(([x, y]) => (x - mean[0]) * (y - mean[1])),
  };
}

/** `count` independent points, two numbers each. */
export function drawPoints(mixture: Mixture, count: number, seed: readonly number[]): Float32Array {
  return drawLabelled(mixture, count, seed).data;
}

/** `count` independent points as images of one pixel and two channels, which is how the rest of the project sees them; the class of each is its component. */
export function drawLabelled({ weights, means, std }: Mixture, count: number, seed: readonly number[]): Images<Float32Array> & { labels: Labels } {
  const random = randomStream(seed);
  const data = new Float32Array(count * 2);
  const of = new Uint16Array(count);
  for (let i = 0; i < count; i += 1) {
    of[i] = componentAt(weights, random);
    const [x, y] = means[of[i]!]!;
    data[2 * i] = x + std * random.normal();
    data[2 * i + 1] = y + std * random.normal();
  }
  return { count, size: 1, channels: 2, data, labels: { classes: weights.map((_, k) => `component ${k}`), of } };
}

/** One component alone. */
function componentOf({ means, std }: Mixture, component: number): Mixture {
  return { weights: [1], means: [means[component]!], std };
}

function componentAt(weights: readonly number[], random: RandomStream): number {
  let left = random.uniform();
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found < 0 ? weights.length - 1 : found;
}

/** E[x0 | y] of a mixture, [n,1,1,2]: each component's own estimate, weighted by its posterior probability. If the component of each point is given, that one's estimate alone. */
export function exactDenoiser(mixture: Mixture, components?: ArrayLike<number>): ReadingDenoiser {
  const each = mixture.means.map((_, component) => componentOf(mixture, component));
  const lawOf = (point: number) => (components === undefined ? mixture : each[components[point]!]!);
  return async (y, sigma) => {
    const values = await y.data();
    const out = new Float32Array(values.length);
    for (let i = 0; i < values.length; i += 2) out.set(posteriorMean(lawOf(i / 2), [values[i]!, values[i + 1]!], sigma), i);
    return tf.tensor4d(out, y.shape);
  };
}

function posteriorMean({ weights, means, std }: Mixture, [x, y]: readonly [number, number], sigma: number): [number, number] {
  const total = std ** 2 + sigma ** 2;
  const logShares = means.map(([mx, my], k) => Math.log(weights[k]!) - ((x - mx) ** 2 + (y - my) ** 2) / (2 * total));
  const top = Math.max(...logShares);
  const shares = logShares.map((share) => Math.exp(share - top));
  const sum = shares.reduce((a, b) => a + b, 0);
  const centre = (axis: 0 | 1) => shares.reduce((at, share, k) => at + (share / sum) * means[k]![axis], 0);
  const kept = std ** 2 / total;
  return [kept * x + (1 - kept) * centre(0), kept * y + (1 - kept) * centre(1)];
}
