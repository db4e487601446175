import { type Scalings, scalings } from '@elucidate/diffusion/preconditioning';
import type { ParameterName, ParameterValues } from '@elucidate/experiment/parameters';
import type { Axis, CurvePanel, Figure } from '../figure.js';
import { mergedSeries, type Setting, settingsOf } from '../scalings-of.js';
import { logSpaced } from '../sampled.js';

interface Part {
  y: Axis;
  value: (scalings: Scalings) => number;
  /** What it depends on; the first one names its curves. */
  names: readonly ParameterName[];
}

const output: readonly ParameterName[] = ['parameterisation', 'inputScale', 'sigmaData', 'dataRange'];

const parts: readonly Part[] = [
  { y: { label: 'c_skip', scale: 'linear', domain: [0, 1.05] }, value: ({ cSkip }) => cSkip, names: output },
  { y: { label: '|c_out|', scale: 'log' }, value: ({ cOut }) => Math.abs(cOut), names: output },
  { y: { label: 'c_in', scale: 'log' }, value: ({ cIn }) => cIn, names: ['normalisation', 'parameterisation', 'inputScale', 'sigmaData', 'dataRange'] },
];

export interface ScalingsOptions {
  sigmaData: (cell: ParameterValues) => number;
  domain: readonly [number, number];
  notes: readonly string[];
}

/** The scalings around the network over sigma, for each parameterisation, x normalisation, input scale and sigma_data that changes them. */
export function scalingsFigure(cells: readonly ParameterValues[], { sigmaData, domain, notes }: ScalingsOptions): Figure {
  const sigmas = logSpaced(...domain, 241);
  const perSample = cells.some(({ normalisation }) => normalisation === 'per-sample');
  return {
    title: 'Scalings round the network',
    subtitle: 'x0-hat = c_skip y + c_out F(c_in y) for y = x0 + σ ε. As EDM (Karras et al. 2022), Table 1; c_out is negative but for x0 and edm.',
    panels: parts.map(({ y, value, names }): CurvePanel => ({
      kind: 'curves',
      x: { label: 'noise level σ', scale: 'log', domain },
      y,
      series: mergedSeries(settingsOf(cells, names, sigmaData), names, { sigmas, value: ({ kind, options }: Setting, sigma) => value(scalings(kind, sigma, options)) }),
    })),
    columns: 3,
    legend: 'below',
    notes: [...notes, ...(perSample ? ['input per-sample: c_in is drawn as the analytic one; each image is then divided by its own standard deviation.'] : [])],
  };
}
