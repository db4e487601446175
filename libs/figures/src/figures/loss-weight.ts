import { lossWeight } from '@elucidate/diffusion/loss-weights';
import { outputScalings } from '@elucidate/diffusion/preconditioning';
import type { ParameterName, ParameterValues } from '@elucidate/experiment/parameters';
import type { Figure } from '../figure.js';
import type { ScalingsOptions } from './scalings.js';
import { mergedSeries, type Setting, settingsOf } from '../scalings-of.js';
import { logSpaced } from '../sampled.js';

/** What the weight depends on. */
const names: readonly ParameterName[] = ['lossWeight', 'parameterisation', 'inputScale', 'sigmaData', 'dataRange'];

/** The factor on the squared error of x0-hat: the factor on the network's own output divided by c_out^2. */
export function x0Weight({ cell, kind, options }: Setting, sigma: number): number {
  return lossWeight(cell.lossWeight, sigma, { ...options, kind }) / outputScalings(kind, sigma, options).cOut ** 2;
}

/** How much the error of x0-hat counts at each level. */
export function lossWeightFigure(cells: readonly ParameterValues[], { sigmaData, domain, notes }: ScalingsOptions): Figure {
  const sigmas = logSpaced(...domain, 241);
  return {
    title: 'Loss weight on the error of x0-hat',
    subtitle: 'The factor on |x0-hat − x0|² at each level: the weight on the network\'s own target over c_out², so that parameterisations compare. Not multiplied by the density of levels.',
    panels: [{
      kind: 'curves',
      x: { label: 'noise level σ, units of the data', scale: 'log', domain },
      y: { label: 'weight', scale: 'log' },
      series: mergedSeries(settingsOf(cells, names, sigmaData), names, { sigmas, value: x0Weight }),
    }],
    columns: 1,
    legend: 'right',
    notes,
  };
}
