import type { DatasetSpec } from './dataset-grammar.js';
import { ElucidateError } from './errors.js';
import type { Problem } from './errors.js';
import { specSchema } from './grammar.js';
import type { WrittenSpec } from './grammar.js';
import { gridProblems, sizeProblems } from './grid-problems.js';
import { specJsonSchema } from './json-schema.js';
import { withCellsListed, type Listed } from './listed.js';
import { byMetricOrder, metricKey } from './metric-requests.js';
import { defaultParameters, parameterNames } from './parameters.js';
import type { ParameterName } from './parameters.js';
import { withPresets } from './presets.js';
import type { LineOf } from './line-numbers.js';
import { overriddenPaths, withOverrides } from './overrides.js';
import { problemsText } from './problem-text.js';
import { problemsOf } from './problems.js';
import { withProfile } from './profiles.js';
import { withShorthand } from './shorthand.js';
import type { ExtractorChoice, Spec } from './spec.js';
import { valueProblems } from './spec-problems.js';
import { readText, shapeProblems } from './spec-text.js';

const defaultExtractors: Readonly<Record<DatasetSpec['name'], NonNullable<WrittenSpec['evaluate']['extractor']>>> = {
  'fashion-mnist': { kind: 'standard' },
  'mnist': { kind: 'trained', seed: 1, epochs: 5 },
  'folder': { kind: 'random', seed: 1 },
  'gaussian': { kind: 'identity' },
  'mixture': { kind: 'identity' },
};

/** A `trained` extractor uses the sweep's own data set unless another is named, or fashion-mnist if that has no labels. */
function resolveExtractor({ dataset, evaluate }: Listed): ExtractorChoice {
  const extractor = evaluate.extractor ?? defaultExtractors[dataset.name];
  return extractor.kind === 'trained' ? { ...extractor, dataset: extractor.dataset ?? (dataset.name === 'mnist' ? 'mnist' : 'fashion-mnist') } : extractor;
}

/** A folder is identified by its contents; its path is specific to this machine. */
function resolveDataset(dataset: DatasetSpec): DatasetSpec {
  if (dataset.name !== 'folder' || dataset.contents === undefined) return dataset;
  const { name, contents, classes, resolution, channels } = dataset;
  return { name, contents, classes, resolution, channels };
}

/** A long axis of wrong values would repeat the same problem many times. */
const maxIssues = 100;

function refuseAll(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ElucidateError('spec.invalid', problemsText(problems), { problems });
}

type WrittenAxes = Readonly<{ [P in ParameterName]?: { value?: unknown; values?: unknown[] | undefined } | undefined }>;

function resolveParameters(written: Listed, order: readonly string[]): Spec['parameters'] {
  const defaults = defaultParameters(written.train, written.dataset);
  const names = [...order.filter((key): key is ParameterName => key in defaults), ...parameterNames];
  const axes: WrittenAxes = written.parameters;
  const entries = [...new Set(names)].map((name) => [name, { values: axes[name]?.values ?? [axes[name]?.value ?? defaults[name]] }] as const);
  return Object.fromEntries(entries) as Spec['parameters'];
}

interface Document {
  parameters?: Record<string, unknown>;
  exclude?: Spec['exclude'];
}

/** Fills in the defaults that depend on other keys. Key order and `exclude` come from the document as written. */
function resolve(written: Listed, document: Document): Spec {
  const { images, batch } = written.train;
  const halfLife = written.train.emaHalfLifeImages ?? Math.max(batch, Math.round(images / 20));
  return {
    ...written,
    parameters: resolveParameters(written, Object.keys(document.parameters ?? {})),
    train: { ...written.train, emaHalfLifeImages: halfLife },
    dataset: resolveDataset(written.dataset),
    evaluate: { ...written.evaluate, metrics: [...written.evaluate.metrics].sort((a, b) => byMetricOrder(metricKey(a), metricKey(b))), extractor: resolveExtractor(written) },
    include: written.include as Spec['include'],
    repeats: written.repeats as Spec['repeats'],
    race: written.race as Spec['race'],
    exclude: document.exclude ?? [],
  };
}

/** A problem with the line of the text where its path is written: in the profile in use, or else in the file. */
function withLine(problem: Problem, lineOf: LineOf | undefined, { document, profile }: { document: unknown; profile: string | undefined }): Problem {
  if (lineOf === undefined || problem.line !== undefined) return problem;
  const used = profile ?? (document as { profile?: unknown } | null)?.profile;
  const { path } = problem;
  const line = (typeof used === 'string' ? lineOf(`profiles.${used}.${path}`, { whole: true }) : undefined) ?? lineOf(path);
  return line === undefined ? problem : { ...problem, line };
}

export interface ReadOptions {
  profile?: string | undefined;
  /** Changes of the file: "train.images=20000". */
  overrides?: readonly string[] | undefined;
}

/**
 * Reads a sweep: YAML or JSON text, or a parsed document. Throws one ElucidateError 'spec.invalid' with every
 * problem found, its message readable as it is; 'spec.too_large' for text above a million characters. `profile` selects a variant of the file; `overrides` change it.
 */
export function parseSpec(input: unknown, { profile, overrides = [] }: ReadOptions = {}): Spec {
  const { value: written, problems, lineOf } = typeof input === 'string' ? readText(input) : { value: input, problems: [] };
  refuseAll(problems);
  const refuse = (found: readonly Problem[]): void => refuseAll(found.map((problem) => overriddenPaths(overrides).some((path) => problem.path.startsWith(path)) ? problem : withLine(problem, lineOf, { document: written, profile })));
  refuse(shapeProblems(written));
  const { document: profiled, problems: unknownProfile } = withProfile(withShorthand(written), profile);
  refuse(unknownProfile);
  const { document, problems: unknownPresets } = withPresets(withShorthand(withOverrides(profiled, overrides)));
  refuse(unknownPresets);
  const { data, error } = specSchema.safeParse(document);
  refuse([...sizeProblems(document), ...(error === undefined ? [] : problemsOf({ document, schema: specJsonSchema() }, error.issues.slice(0, maxIssues)))]);
  const { written: listed, problems: ofCells } = withCellsListed(data as WrittenSpec);
  refuse(ofCells);
  const spec = resolve(listed, document as Document);
  refuse([...valueProblems(spec), ...gridProblems(spec)]);
  return spec;
}
