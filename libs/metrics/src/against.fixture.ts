import { covarianceEigenvalues } from './bias.js';
import type { Features } from './features.js';
import type { MetricInput } from './metric.js';
import { statistics } from './statistics.js';

/** Generated features against real ones, and the training ones if they are given. */
export function against(features: Features, real: Features, training?: Features): MetricInput {
  const summary = statistics(real);
  return { features, reference: { features: real, statistics: summary, eigenvalues: covarianceEigenvalues(summary) }, ...(training && { training }) };
}

export const ones = (d: number): number[] => new Array<number>(d).fill(1);

/** The same points in another order. */
export const reversed = ({ values, n, d }: Features): Features => ({ values: Float64Array.from({ length: n * d }, (_, at) => values[(n - 1 - Math.floor(at / d)) * d + (at % d)]!), n, d });
