import type { ParameterValues } from '@elucidate/experiment/parameters';
import type { Spec } from '@elucidate/experiment/spec';
import type { Figure } from './figure.js';
import { densityFigure } from './figures/density.js';
import { gammaFigure } from './figures/gamma.js';
import { gridsFigure } from './figures/grids.js';
import { lossWeightFigure } from './figures/loss-weight.js';
import { logSnrFigure } from './figures/log-snr.js';
import { scalingsFigure, type ScalingsOptions } from './figures/scalings.js';
import { partsOf } from './parts.js';
import { sigmaDomain } from './sampled.js';
import { type DataStd, differ, sigmaDataOf } from './scalings-of.js';
import { lawSummary, type LawSummary, walkSummary, type WalkSummary } from './summary.js';

export const figureNames = ['gamma', 'log-snr', 'density', 'scalings', 'grids', 'loss-weight'] as const;
export type FigureName = (typeof figureNames)[number];

/** A sweep's parts as pictures and numbers. */
export interface Inspection {
  name: string;
  cells: number;
  figures: { name: FigureName; figure: Figure }[];
  trainings: LawSummary[];
  walks: WalkSummary[];
}

/** EDM's sigma_data, for data that nobody has measured. */
const edmSigmaData = 0.5;

function stdNote(cells: readonly ParameterValues[], { assumed, std }: DataStd): string[] {
  return assumed && cells.some(({ sigmaData }) => sigmaData === 'measured') ? [`The data's standard deviation is measured when it is trained on; drawn for ${std}.`] : [];
}

/** `std`: the standard deviation of the sweep's data at range 1; absent: EDM's 0.5, and a note that says so. */
export function inspectSpec(spec: Spec, { std }: { std?: number | undefined } = {}): Inspection {
  const parts = partsOf(spec);
  const { cells, laws, walks } = parts;
  const data: DataStd = { std: std ?? edmSigmaData, assumed: std === undefined };
  const options: ScalingsOptions = { sigmaData: (cell) => sigmaDataOf(cell, spec.dataset, data), domain: sigmaDomain(parts), notes: stdNote(cells, data) };
  const figures: Inspection['figures'] = [
    { name: 'gamma', figure: gammaFigure(parts) },
    { name: 'log-snr', figure: logSnrFigure(parts) },
    { name: 'density', figure: densityFigure(parts) },
    { name: 'scalings', figure: scalingsFigure(cells, options) },
    ...(walks.some(({ sigmas }) => sigmas.length > 0) ? [{ name: 'grids' as const, figure: gridsFigure(walks) }] : []),
    ...(differ(cells, ['lossWeight', 'parameterisation']) ? [{ name: 'loss-weight' as const, figure: lossWeightFigure(cells, options) }] : []),
  ];
  const titled = figures.map(({ name, figure }) => ({ name, figure: { ...figure, title: `${figure.title} · ${spec.name}` } }));
  return { name: spec.name, cells: cells.length, figures: titled, trainings: laws.map(lawSummary), walks: walks.map(walkSummary) };
}
