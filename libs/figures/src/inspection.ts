import type { ParameterValues } from '@elucidate/experiment/parameters';
import type { Spec } from '@elucidate/experiment/spec';
import { averagesFigure, averageSummaries, type AverageSummary } from './averages.js';
import type { Figure } from './figure.js';
import { densityFigure } from './figures/density.js';
import { gammaFigure } from './figures/gamma.js';
import { discretisationsFigure } from './figures/discretisations.js';
import { lossWeightFigure } from './figures/loss-weight.js';
import { logSnrFigure } from './figures/log-snr.js';
import { samplingPathFigure } from './figures/sampling-path.js';
import { scalingsFigure, type ScalingsOptions } from './figures/scalings.js';
import { partsOf } from './parts.js';
import { sigmaDomain } from './sampled.js';
import { type DataStd, differ, sigmaDataOf } from './scalings-of.js';
import { noiseDistributionSummary, type NoiseDistributionSummary, samplingSummary, type SamplingSummary } from './summary.js';

export const figureNames = ['gamma', 'log-snr', 'density', 'scalings', 'discretisations', 'sampling-path', 'loss-weight', 'averages'] as const;
export type FigureName = (typeof figureNames)[number];

/** A sweep's parts as pictures and numbers. */
export interface Inspection {
  name: string;
  cells: number;
  figures: { name: FigureName; figure: Figure }[];
  noiseDistributions: NoiseDistributionSummary[];
  runs: SamplingSummary[];
  /** Of the weights, reconstructed from snapshots. */
  averages: AverageSummary[];
}

/** EDM's sigma_data, for data whose standard deviation has not been measured. */
const edmSigmaData = 0.5;

function stdNote(cells: readonly ParameterValues[], { assumed, std }: DataStd): string[] {
  return assumed && cells.some(({ sigmaData }) => sigmaData === 'measured') ? [`The data's standard deviation is measured when it is trained on; drawn for ${std}.`] : [];
}

/** Whether a sampler integrates over sigma itself. */
const inSigma = ({ samplingSchedule, samplingScaling }: ParameterValues): boolean => samplingSchedule.kind === 'linear' && samplingScaling === 'none';

/** `std`: the standard deviation of the sweep's data at range 1; absent: EDM's 0.5, and a note that says so. */
export function inspectSpec(spec: Spec, { std }: { std?: number | undefined } = {}): Inspection {
  const parts = partsOf(spec);
  const { cells, distributions, runs } = parts;
  const data: DataStd = { std: std ?? edmSigmaData, assumed: std === undefined };
  const options: ScalingsOptions = { sigmaData: (cell) => sigmaDataOf(cell, spec.dataset, data), domain: sigmaDomain(parts), notes: stdNote(cells, data) };
  const averages = averageSummaries(cells, spec);
  const figures: Inspection['figures'] = [
    { name: 'gamma', figure: gammaFigure(parts) },
    { name: 'log-snr', figure: logSnrFigure(parts) },
    { name: 'density', figure: densityFigure(parts) },
    { name: 'scalings', figure: scalingsFigure(cells, options) },
    ...(runs.some(({ sigmas }) => sigmas.length > 0) ? [{ name: 'discretisations' as const, figure: discretisationsFigure(runs) }] : []),
    ...(runs.some(({ sigmas }) => sigmas.length > 0) && cells.some((cell) => !inSigma(cell)) ? [{ name: 'sampling-path' as const, figure: samplingPathFigure(cells, runs) }] : []),
    ...(differ(cells, ['lossWeight', 'parameterisation']) ? [{ name: 'loss-weight' as const, figure: lossWeightFigure(cells, options) }] : []),
    ...(averages.length > 0 ? [{ name: 'averages' as const, figure: averagesFigure(averages) }] : []),
  ];
  const titled = figures.map(({ name, figure }) => ({ name, figure: { ...figure, title: `${figure.title} · ${spec.name}` } }));
  return { name: spec.name, cells: cells.length, figures: titled, noiseDistributions: distributions.map(noiseDistributionSummary), runs: runs.map(samplingSummary), averages };
}
