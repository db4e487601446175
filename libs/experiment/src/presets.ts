import { z } from 'zod';
import type { Problem } from './errors.js';
import { isRecord } from './members.js';
import type { ParameterName, parameterSchemas } from './parameters.js';
import { nearestWord, oneOf, shortText } from './problem-text.js';

/** Parameters as written, defaults not filled in. */
type Written = { [P in ParameterName]?: z.input<(typeof parameterSchemas)[P]> };

/** EDM, Table 1, "Network and preconditioning": c_skip, c_out, c_in, and c_noise up to scale and offset, as the sinusoids it goes into expect. */
const networks = {
  vp: { parameterisation: 'eps', inputScale: 1, normalisation: 'none', schedule: { kind: 'vp' }, conditioning: 't' },
  ve: { parameterisation: 've', inputScale: 1, normalisation: 'none', conditioning: 'ln-sigma' },
  /** t on Nichol and Dhariwal's cosine of offset 0.008, of which iDDPM's index is a thousand times the complement. */
  iddpm: { parameterisation: 'eps', inputScale: 1, normalisation: 'none', schedule: { kind: 'cosine', start: 0.008 / 1.008 }, conditioning: 't' },
  edm: { parameterisation: 'edm', inputScale: 1, normalisation: 'analytic', conditioning: 'ln-sigma' },
} as const satisfies Record<string, Written>;

/** EDM, Table 1, "Training": the distribution of noise levels and the loss weight. */
const losses = {
  vp: { noiseDistribution: { kind: 'vp' }, lossWeight: { kind: 'eps' } },
  ve: { noiseDistribution: { kind: 'log-uniform' }, lossWeight: { kind: 'eps' } },
  iddpm: { noiseDistribution: { kind: 'iddpm' }, lossWeight: { kind: 'eps' } },
  edm: { noiseDistribution: { kind: 'log-normal' }, lossWeight: { kind: 'edm' } },
} as const satisfies Record<string, Written>;

/** EDM, Table 1, "Sampling": solver, time steps, sigma(t), s(t). x0-hat is never clamped. */
const samplings = {
  vp: { sampler: { kind: 'euler' }, discretisation: { kind: 'vp' }, samplingSchedule: { kind: 'vp' }, samplingScaling: 'vp', clampX0: false },
  ve: { sampler: { kind: 'euler' }, discretisation: { kind: 've' }, samplingSchedule: { kind: 've' }, samplingScaling: 'none', clampX0: false },
  iddpm: { sampler: { kind: 'euler' }, discretisation: { kind: 'iddpm' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: false },
  edm: { sampler: { kind: 'heun' }, discretisation: { kind: 'karras' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: false },
} as const satisfies Record<string, Written>;

type Column = keyof typeof networks;
const columns = Object.keys(networks) as Column[];

const named = (suffix: string, values: (column: Column) => Written): Record<string, Written> =>
  Object.fromEntries(columns.map((column) => [`${column}${suffix}`, values(column)]));

/** Columns of EDM's Table 1 (Karras et al. 2022), whole and part by part: names for parameters that belong together. */
export const presets: Readonly<Record<string, Written>> = {
  ...named('', (column) => ({ ...networks[column], ...losses[column], ...samplings[column] })),
  ...named('-network', (column) => networks[column]),
  ...named('-loss', (column) => losses[column]),
  ...named('-sampling', (column) => samplings[column]),
};
const presetNames = Object.keys(presets);

/** One preset, or several, of which later ones win. Replaced before the grammar reads the document. */
export const presetSchema = z.union([z.enum(presetNames), z.array(z.enum(presetNames)).min(1).max(presetNames.length)]);

interface Expansion {
  values: Written;
  problems: Problem[];
}

function expansionOf(preset: unknown, path: string): Expansion {
  const names: readonly unknown[] = Array.isArray(preset) ? preset : [preset];
  if (names.length === 0) return { values: {}, problems: [{ path, value: '[]', expected: 'at least 1 entry' }] };
  const wrong = names.flatMap((name, index): Problem[] => {
    if (typeof name === 'string' && Object.hasOwn(presets, name)) return [];
    const nearest = nearestWord(name, presetNames);
    return [{ path: Array.isArray(preset) ? `${path}[${index}]` : path, value: shortText(name), expected: oneOf(presetNames), ...(nearest !== undefined && { nearest }) }];
  });
  return { values: wrong.length > 0 ? {} : Object.assign({}, ...names.map((name) => presets[String(name)])) as Written, problems: wrong };
}

/** An `include` entry with the parameters of its presets; explicit values win. */
function withEntry(entry: unknown, index: number): { entry: unknown; problems: Problem[] } {
  if (!isRecord(entry) || !Object.hasOwn(entry, 'preset')) return { entry, problems: [] };
  const { preset, ...own } = entry;
  const { values, problems } = expansionOf(preset, `include[${index}].preset`);
  return { entry: { ...values, ...own }, problems };
}

/**
 * A sweep file with every `preset`, its own and those of `include`, replaced by its parameters. Parameters written
 * out win. So presets do not affect the identity of cells and stages, which are shared as usual.
 */
export function withPresets(document: unknown): { document: unknown; problems: Problem[] } {
  if (!isRecord(document)) return { document, problems: [] };
  const { preset, ...rest } = document;
  const own = preset === undefined ? { values: {}, problems: [] } : expansionOf(preset, 'preset');
  const entries = Array.isArray(rest['include']) ? rest['include'].map(withEntry) : undefined;
  const axes = Object.fromEntries(Object.entries(own.values).map(([name, value]) => [name, { value }]));
  const { parameters = {} } = rest;
  return {
    document: {
      ...rest,
      ...(preset !== undefined && { parameters: isRecord(parameters) ? { ...parameters, ...Object.fromEntries(Object.entries(axes).filter(([name]) => !Object.hasOwn(parameters, name))) } : parameters }),
      ...(entries !== undefined && { include: entries.map(({ entry }) => entry) }),
    },
    problems: [...own.problems, ...(entries ?? []).flatMap(({ problems }) => problems)],
  };
}
