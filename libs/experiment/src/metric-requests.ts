import { metricDef, metricDefs, metricNames } from '@elucidate/metrics/metric-defs';
import type { MetricName } from '@elucidate/metrics/metric-defs';
import { z } from 'zod';

/** A metric as requested in a spec: by name, or with `n` (how many of the images it is computed from) and its own parameters. */
export type MetricRequest = MetricName | ({ kind: MetricName; n?: number } & Readonly<Record<string, number | string>>);

/** A resolved request: the name, the settings with defaults filled in, and n unless all images are used. */
export interface ResolvedMetric {
  name: MetricName;
  settings: Readonly<Record<string, number>>;
  n?: number;
}

const fewestImages = 8;
const mostImages = 50_000;

const meaningOf = (name: MetricName): string => `${metricDefs[name].title}: ${metricDefs[name].meaning}`;

/** { kind, n, ...parameters } of one metric. */
function objectSchema(name: MetricName) {
  const parameters = Object.entries(metricDef(name).parameters).map(([key, { min, max, meaning }]) => [key, z.int().min(min).max(max).optional().describe(meaning)] as const);
  return z.strictObject({ kind: z.literal(name).describe(meaningOf(name)), n: z.int().min(fewestImages).max(mostImages).optional().describe('images it is computed from; all when absent'), ...Object.fromEntries(parameters) });
}

const objects = metricNames.map(objectSchema) as [ReturnType<typeof objectSchema>, ...ReturnType<typeof objectSchema>[]];

/** A metric's name, or { kind: fid, n: 256 }. Values at their defaults are omitted, and a plain name stays a plain name. */
export const metricRequestSchema = z.union([z.enum(metricNames), z.discriminatedUnion('kind', objects)]).transform((request) => plainest(request as MetricRequest));

function plainest(request: MetricRequest): MetricRequest {
  if (typeof request === 'string') return request;
  const { parameters } = metricDef(request.kind);
  const given = Object.entries(request).filter(([key, value]) => key !== 'kind' && value !== undefined && value !== parameters[key]?.default);
  return given.length === 0 ? request.kind : { kind: request.kind, ...Object.fromEntries(given) } as MetricRequest;
}

export function resolveMetric(request: MetricRequest): ResolvedMetric {
  if (typeof request === 'string') return { name: request, settings: defaultsOf(request) };
  const { kind, n, ...given } = request;
  return { name: kind, settings: { ...defaultsOf(kind), ...given as Record<string, number> }, ...(n !== undefined && { n }) };
}

const defaultsOf = (name: MetricName): Record<string, number> => Object.fromEntries(Object.entries(metricDef(name).parameters).map(([key, { default: value }]) => [key, value]));

/** The name its scores are stored and requested under: "fid", "fid@256", "precision(k 5)", "precision(k 5)@256". */
export function metricKey(request: MetricRequest): string {
  const { name, settings, n } = resolveMetric(request);
  const defaults = defaultsOf(name);
  const given = Object.entries(settings).filter(([key, value]) => value !== defaults[key]).map(([key, value]) => `${key} ${value}`).sort();
  return `${name}${given.length > 0 ? `(${given.join(', ')})` : ''}${n === undefined ? '' : `@${n}`}`;
}

/** The request for a key; undefined if no metric has it. */
export function metricOfKey(key: string): ResolvedMetric | undefined {
  const [, name = '', given, n] = /^([a-z]\w*)(?:\(([^()]*)\))?(?:@(\d+))?$/.exec(key) ?? [];
  const settings = given?.split(', ').map((text) => text.split(' ')) ?? [];
  const { data } = metricRequestSchema.safeParse({ kind: name, ...(n !== undefined && { n: Number(n) }), ...Object.fromEntries(settings.map(([setting, value]) => [setting, Number(value)])) });
  return data !== undefined && metricKey(data) === key ? resolveMetric(data) : undefined;
}

/** The default metric of a sweep. */
export const firstMetric: string = metricNames[0];

export const isMetricKey = (key: string): boolean => metricOfKey(key) !== undefined;

export const metricKeysText = `one of ${metricNames.join(', ')}, optionally with settings, as in ${metricNames[0]}@256`;

/** Table order, the most images first: the order of columns; the first one determines the ranking. */
export function byMetricOrder(a: string, b: string): number {
  const order = (key: string): number => metricNames.indexOf(nameIn(key) as MetricName);
  const images = (key: string): number => Number(key.split('@')[1] ?? mostImages + 1);
  return order(a) - order(b) || images(b) - images(a) || (a < b ? -1 : Number(a > b));
}

/** "FID", "FID@256": the column heading in tables. An unknown key is its own title. */
export function metricTitle(key: string): string {
  const found = metricOfKey(key);
  return found === undefined ? key : `${metricDefs[found.name].title}${key.slice(found.name.length)}`;
}

/** The name that a key starts with; keys come from `metricKey`. */
const nameIn = (key: string): string => /^\w*/.exec(key)![0];

const definitionOf = (key: string) => metricDef(metricNames.find((name) => name === nameIn(key)) ?? metricNames[0]);

/** Decimals shown. */
export const metricDigits = (key: string): number => definitionOf(key).digits;

/** The least and the greatest value that a metric can have. */
export const metricRange = (key: string): readonly [number, number] => definitionOf(key).range ?? [-Infinity, Infinity];

/** The greatest difference of two values of a metric: 1 of precision, Infinity of FID. */
export function metricWidth(key: string): number {
  const [least, greatest] = metricRange(key);
  return greatest - least;
}

export const higherIsBetter = (key: string): boolean => definitionOf(key).better === 'higher';

/** Keys of the metrics that a stored spec requests, in display order; the first metric in the table if it names none. */
export const requestedMetrics = (spec: Readonly<Record<string, unknown>>): string[] =>
  ((spec['evaluate'] as { metrics?: MetricRequest[] } | undefined)?.metrics ?? [firstMetric as MetricRequest]).map(metricKey);
