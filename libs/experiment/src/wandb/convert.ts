import { mostDrawn } from '../method-grammar.js';
import type { Problem } from '../errors.js';
import { isRecord, type Members } from '../members.js';
import { higherIsBetter, isMetricKey, metricKeysText } from '../metric-requests.js';
import { shortText } from '../problem-text.js';
import { axisOf, type Axis } from './entry.js';
import { targetOf } from './target.js';

/** Something of a W&B file that the sweep goes without. */
export interface Dropped {
  path: string;
  why: string;
}

export interface ConvertedSweep {
  /** A sweep file, to be read with parseSpec. */
  spec: Members;
  dropped: Dropped[];
  /** What does not map, and without which the sweep would be another. */
  problems: Problem[];
  /** Where in the W&B file a place of the sweep file is from; of one that is from nowhere, the place itself. */
  writtenAt(path: string): string;
}

const ownKeys = ['program', 'command', 'run_cap', 'early_terminate', 'metric', 'project', 'entity', 'imageuri'];

/** Whether a document is a sweep file of W&B: it has parameters and, in place of a data set, a method by its name or another key of W&B's. */
export const isWandb = (document: unknown): document is Members =>
  isRecord(document) && isRecord(document['parameters']) && document['dataset'] === undefined && (typeof document['method'] === 'string' || ownKeys.some((key) => document[key] !== undefined));

const noProgram = 'elucidate trains, samples and scores by itself; it runs no program of yours';

const droppedKeys: Readonly<Record<string, string>> = {
  program: noProgram, command: noProgram, imageuri: noProgram,
  project: 'sweeps belong to the owner of the key that submits them', entity: 'sweeps belong to the owner of the key that submits them',
  early_terminate: 'no cell ends early by its loss: a score needs the images of the finished network',
};

/** Keys that are converted. */
const knownKeys: ReadonlySet<string> = new Set(['name', 'description', 'method', 'metric', 'parameters', 'run_cap']);

interface Part {
  spec?: Members;
  /** Path in `spec` -> path in the W&B file. */
  from?: Readonly<Record<string, string>>;
  dropped?: Dropped[];
  problems?: Problem[];
}

function methodPart({ method, run_cap: cap }: Members): Part {
  switch (method) {
    case 'grid':
    case undefined: return cap === undefined ? {} : { problems: [{ path: 'run_cap', value: shortText(cap), expected: 'none with method: grid, of which every cell runs; `where` chooses cells, and method: random draws so many' }] };
    case 'random': return Number.isInteger(cap) && (cap as number) >= 1 && (cap as number) <= mostDrawn ? { spec: { method: { kind: 'random', cells: cap } }, from: { 'method.cells': 'run_cap' } } : { spec: { method: { kind: 'random', cells: 1 } }, problems: [{ path: 'run_cap', value: shortText(cap ?? null), expected: `how many cells method: random draws, 1 to ${mostDrawn}: a sweep is planned before it starts` }] };
    default: return { problems: [{ path: 'method', value: shortText(method), expected: 'grid or random: which cells run is decided before the first has a score, so that none was chosen by chance results' }] };
  }
}

function metricPart({ metric }: Members): Part {
  if (metric === undefined) return {};
  const { name, goal = 'minimize', target } = isRecord(metric) ? metric : { name: metric };
  const key = typeof name === 'string' ? name.split(/[/.]/).at(-1)!.toLowerCase() : '';
  if (!isMetricKey(key)) return { problems: [{ path: 'metric.name', value: shortText(name ?? null), expected: metricKeysText }] };
  const better = higherIsBetter(key) ? 'maximize' : 'minimize';
  if (goal !== better) return { problems: [{ path: 'metric.goal', value: shortText(goal), expected: `${better}, for ${key}` }] };
  return { spec: { evaluate: { metrics: [key] } }, from: { 'evaluate.metrics': 'metric.name' }, dropped: target === undefined ? [] : [{ path: 'metric.target', why: 'a sweep runs all its cells, whatever the scores' }] };
}

/** A setting takes what an axis has: one value, or for seeds a list. */
function settingOf(path: string, place: readonly string[], axis: Axis): { value: unknown } | { problem: Problem } {
  if (place[0] === 'seeds') return 'distribution' in axis ? { problem: { path, value: shortText(axis), expected: '`value` or `values`: seeds are given' } } : { value: 'value' in axis ? [axis.value].flat() : axis.values };
  if ('value' in axis) return { value: axis.value };
  if ('values' in axis && axis.values.length === 1) return { value: axis.values[0] };
  return { problem: { path, value: shortText(axis), expected: `one value: ${place.join('.')} is the same for all cells of a sweep; make a sweep for each` } };
}

const nest = ([key, ...rest]: readonly string[], value: unknown): Members => ({ [key!]: rest.length === 0 ? value : nest(rest, value) });

function parameterPart(name: string, written: unknown, random: boolean): Part {
  const path = `parameters.${name}`;
  const target = targetOf(name);
  if ('nearest' in target) return { problems: [{ path, value: shortText(written), expected: 'the name of a parameter or of a setting such as train.images (docs/spec.md), since no program of yours reads it', ...(target.nearest !== undefined && { nearest: target.nearest }) }] };
  const axis = axisOf({ path, written, random });
  if ('problem' in axis) return { problems: [axis.problem] };
  if ('parameter' in target) return { spec: { parameters: { [target.parameter]: axis } }, from: { [`parameters.${target.parameter}`]: path } };
  const setting = settingOf(path, target.setting, axis);
  return 'problem' in setting ? { problems: [setting.problem] } : { spec: nest(target.setting, setting.value), from: { [target.setting.join('.')]: path } };
}

const merged = (a: unknown, b: unknown): unknown => (isRecord(a) && isRecord(b) ? { ...a, ...Object.fromEntries(Object.entries(b).map(([key, value]) => [key, merged(a[key], value)])) } : b ?? a);

/** The sweep file that one of W&B's means, with what it goes without, and all that does not map and why. */
export function convertWandb(document: Members): ConvertedSweep {
  const { name = 'wandb-sweep', description, parameters } = document;
  const others = Object.keys(document).filter((key) => !knownKeys.has(key)).map((key) => ({ path: key, why: droppedKeys[key] ?? 'elucidate has nothing like it' }));
  const parts: Part[] = [
    { spec: { name, ...(description !== undefined && { description }) }, dropped: others }, methodPart(document), metricPart(document),
    ...Object.entries(parameters as Members).map(([key, written]) => parameterPart(key, written, document['method'] === 'random')),
  ];
  const from = Object.assign({}, ...parts.map((part) => part.from ?? {})) as Record<string, string>;
  return {
    writtenAt: (place) => {
      const prefix = Object.keys(from).find((one) => place === one || place.startsWith(`${one}.`) || place.startsWith(`${one}[`));
      return prefix === undefined ? place : `${from[prefix]}${place.slice(prefix.length)}`;
    },
    spec: parts.reduce<unknown>((spec, part) => merged(spec, part.spec), {}) as Members,
    dropped: parts.flatMap(({ dropped = [] }) => dropped), problems: parts.flatMap(({ problems = [] }) => problems),
  };
}
