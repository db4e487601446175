import type { Parameterisation, ScalingOptions } from '@elucidate/diffusion/preconditioning';
import { canonical } from '@elucidate/experiment/canonical';
import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { labelOf } from '@elucidate/experiment/labels';
import type { ParameterName, ParameterValues } from '@elucidate/experiment/parameters';
import type { Series } from './figure.js';
import { grouped, valuesOf } from './parts.js';
import { sampled } from './sampled.js';

/** What a curve shows: the values of some parameters, and the corresponding options of `libs/diffusion`. */
export interface Setting {
  cell: ParameterValues;
  kind: Parameterisation;
  options: ScalingOptions;
}

/** The standard deviation of a data set at range 1, data units; `assumed` if it has not been measured. */
export interface DataStd {
  std: number;
  assumed: boolean;
}

/** Synthetic images have their own units, whatever the range. */
export const sigmaDataOf = ({ sigmaData, dataRange }: Pick<ParameterValues, 'sigmaData' | 'dataRange'>, { name }: DatasetSpec, { std }: DataStd): number =>
  (sigmaData === 'measured' ? std * (name === 'gaussian' || name === 'mixture' ? 1 : dataRange) : sigmaData);

/** One setting for each combination of these parameters among the cells. */
export function settingsOf(cells: readonly ParameterValues[], names: readonly ParameterName[], sigmaData: (cell: ParameterValues) => number): Setting[] {
  return grouped(cells, (cell) => names.map((name) => cell[name])).map(([cell]) => ({
    cell: cell!,
    kind: cell!.parameterisation,
    options: { b: cell!.inputScale, sigmaData: sigmaData(cell!), normalisation: cell!.normalisation },
  }));
}

const words: Partial<Record<ParameterName, string>> = { inputScale: 'b', sigmaData: 'σ_data', dataRange: 'range', normalisation: 'input' };

const worded = (name: ParameterName, value: unknown): string => [words[name], labelOf(name, value)].filter((word) => word !== undefined).join(' ');

/** The first parameter, plus those of the varying parameters that the settings agree on; one such name for each value of the first. */
function sharedLabel(group: readonly Setting[], names: readonly ParameterName[], varying: ReadonlySet<ParameterName>): string {
  return grouped(group.map(({ cell }) => cell), (cell) => cell[names[0]!]).map((cells) => {
    const chosen = names.filter((name, n) => n === 0 || (varying.has(name) && valuesOf(cells, name).length === 1));
    return chosen.map((name) => worded(name, cells[0]![name])).join(', ');
  }).join(' = ');
}

/** One curve for all settings whose values are the same, named by what these agree on. */
export function mergedSeries(settings: readonly Setting[], names: readonly ParameterName[], { sigmas, value }: { sigmas: readonly number[]; value: (setting: Setting, sigma: number) => number }): Series[] {
  const cells = settings.map(({ cell }) => cell);
  const varying = new Set(names.filter((name) => valuesOf(cells, name).length > 1));
  const probes = sigmas.filter((_, i) => i % 20 === 0);
  const groups = grouped(settings, (setting) => probes.map((sigma) => value(setting, sigma).toPrecision(9)));
  const series = groups.map((group) => ({ label: sharedLabel(group, names, varying), points: sampled((sigma) => value(group[0]!, sigma), sigmas) }));
  return distinctLabels(series, groups, { names, varying });
}

/** Different groups may get the same name; then each is named by its first setting in full. */
function distinctLabels(series: readonly Series[], groups: readonly (readonly Setting[])[], { names, varying }: { names: readonly ParameterName[]; varying: ReadonlySet<ParameterName> }): Series[] {
  const counts = grouped(series, ({ label }) => label).filter((same) => same.length > 1).flat();
  return series.map((one, n) => (counts.includes(one) ? { ...one, label: sharedLabel(groups[n]!.slice(0, 1), names, varying) } : one));
}

/** Whether cells differ in any of these parameters. */
export const differ = (cells: readonly ParameterValues[], names: readonly ParameterName[]): boolean => new Set(cells.map((cell) => canonical(names.map((name) => cell[name])))).size > 1;
