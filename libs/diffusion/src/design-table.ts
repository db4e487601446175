import type { DenoiserOptions } from './denoiser.js';
import { lossWeight } from './loss-weights.js';
import type { LossWeightShape } from './loss-weights.js';
import type { NoiseLevels } from './noise-distributions.js';
import { fTarget, scalings } from './preconditioning.js';

/** Rows of a design table: a row drawn uniformly is a noise level drawn from the distribution, to 1 part in as many. */
export const designRows = 65_536;

/** The columns of a design table, in docs/programs.md. For y = x0 + sigma eps, the network is given `cIn` y and `conditioning`, and learns `targetX0` x0 + `targetEps` eps. */
export const designColumns = ['sigma', 'cIn', 'targetX0', 'targetEps', 'lossWeight', 'conditioning', 'cSkip', 'cOut'] as const;

/** Float64, one number for each row; row k is the noise level at the quantile (k + 1/2)/rows. */
export type DesignTable = Readonly<Record<(typeof designColumns)[number], Float64Array>>;

/** A training's design as numbers alone: what a network needs to know to be trained on any schedule, scale, parameterisation, loss weight and noise distribution. */
export function designTable(levels: NoiseLevels, options: DenoiserOptions, weight: LossWeightShape, rows = designRows): DesignTable {
  const table = Object.fromEntries(designColumns.map((name) => [name, new Float64Array(rows)])) as Record<(typeof designColumns)[number], Float64Array>;
  for (let k = 0; k < rows; k += 1) {
    const sigma = levels.quantile((k + 0.5) / rows);
    const { cIn, cSkip, cOut } = scalings(options.kind, sigma, options);
    const target = fTarget(options.kind, sigma, options);
    const row = { sigma, cIn, cSkip, cOut, targetX0: target.x0, targetEps: target.eps, lossWeight: lossWeight(weight, sigma, options), conditioning: options.conditioning(sigma) };
    for (const name of designColumns) table[name][k] = row[name];
  }
  return table;
}
