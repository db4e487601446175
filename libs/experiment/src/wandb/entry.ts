import type { Problem } from '../errors.js';
import { isRecord, type Members } from '../members.js';
import { shortText } from '../problem-text.js';

/** An axis of a sweep file. */
export type Axis = { value: unknown } | { values: unknown[] } | { distribution: Members };

export type Converted<T> = T | { problem: Problem };

/** A W&B parameter that stands alone: its path, and how the sweep chooses values. */
export interface Entry {
  path: string;
  written: unknown;
  random: boolean;
}

/** Values that a range is written out to, at most. */
const mostValues = 1000;

const problem = ({ path, written }: Entry, expected: string): { problem: Problem } => ({ problem: { path, value: shortText(written), expected } });

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** min, min + q, ... max, without the rounding errors of a sum. */
function steps(entry: Entry, { min, max, q }: { min: number; max: number; q: number }): Converted<Axis> {
  const count = q > 0 ? Math.floor((max - min) / q + 1e-9) + 1 : 0;
  if (!(count >= 1 && count <= mostValues)) return problem(entry, `\`values\`, at most ${mostValues} of them: the range has ${count > 0 ? count : 'none'}`);
  return { values: Array.from({ length: count }, (_, i) => Number((min + i * q).toPrecision(12))) };
}

/** In a grid min, min + q, .. below max (numpy's arange); drawn, the multiples of q that a number between min and max is rounded to (wandb/sweeps, grid_search.py and params.py). */
const quantised: Convert = (entry, { min, max, q = 1 }) => {
  if (!isNumber(min) || !isNumber(max) || !isNumber(q) || q <= 0) return problem(entry, 'numbers as `min`, `max` and a `q` above 0');
  if (!entry.random) return steps(entry, { min, max: min + (Math.ceil((max - min) / q - 1e-9) - 1) * q, q });
  return steps(entry, { min: Math.floor(min / q + 0.5) * q, max: Math.ceil(max / q - 0.5) * q, q });
};

const unlike = 'is drawn here from no such distribution; write `values`, or uniform, log_uniform_values or int_uniform with method: random';

type Convert = (entry: Entry, members: { min: unknown; max: unknown; q: unknown; value: unknown; values: unknown }) => Converted<Axis>;

/** A range drawn from, which is no axis of a grid. */
const range = (kind: 'uniform' | 'log-uniform', of: (bound: number) => number = (bound) => bound): Convert => (entry, { min, max }) =>
  !isNumber(min) || !isNumber(max) ? problem(entry, 'numbers as `min` and `max`')
    : entry.random ? { distribution: { kind, min: of(min), max: of(max) } } : problem(entry, '`values`: a grid has no values of a continuous range; or method: random with run_cap');

const values: Convert = (entry, members) => (Array.isArray(members.values) && members.values.length > 0 ? { values: members.values } : problem(entry, 'a list of `values`'));

/** By W&B's name of the distribution. */
const conversions: Readonly<Record<string, Convert>> = {
  constant: (entry, { value }) => (value === undefined ? problem(entry, 'a `value`') : { value }),
  categorical: values,
  int_uniform: (entry, { min, max }) =>
    !Number.isInteger(min) || !Number.isInteger(max) ? problem(entry, 'whole numbers as `min` and `max`')
      : entry.random ? { distribution: { kind: 'integers', min, max } } : steps(entry, { min: min as number, max: max as number, q: 1 }),
  uniform: range('uniform'),
  log_uniform_values: range('log-uniform'),
  // its bounds are exponents of e
  log_uniform: range('log-uniform', Math.exp),
  q_uniform: quantised,
};

/** The distribution that W&B takes for what names none. */
function impliedBy({ value, values: list, min, max }: Members): string | undefined {
  if (value !== undefined) return 'constant';
  if (list !== undefined) return 'categorical';
  if (min === undefined || max === undefined) return undefined;
  return Number.isInteger(min) && Number.isInteger(max) ? 'int_uniform' : 'uniform';
}

/** Parameters inside one: every combination of their values, as records. */
function nested(entry: Entry, members: Members): Converted<Axis> {
  let records: Members[] = [{}];
  for (const [name, written] of Object.entries(members)) {
    const inner = axisOf({ path: `${entry.path}.parameters.${name}`, written, random: false });
    if ('problem' in inner) return inner;
    if ('distribution' in inner) return problem(entry, '`value` or `values` inside');
    const choices = 'value' in inner ? [inner.value] : inner.values;
    records = records.flatMap((record) => choices.map((choice) => ({ ...record, [name]: choice })));
    if (records.length > mostValues) return problem(entry, `at most ${mostValues} combinations of its values`);
  }
  return records.length === 1 ? { value: records[0] } : { values: records };
}

/** What a W&B parameter is as an axis of a sweep file, or why it is none. */
export function axisOf(entry: Entry): Converted<Axis> {
  const { written } = entry;
  if (!isRecord(written)) return problem(entry, 'a record with `value`, `values`, `min` and `max`, or `parameters`');
  if (isRecord(written['parameters'])) return nested(entry, written['parameters']);
  const { probabilities } = written;
  if (Array.isArray(probabilities) && new Set(probabilities).size > 1) return problem(entry, 'no `probabilities`: each value is as likely as the others');
  const distribution = written['distribution'] ?? impliedBy(written);
  if (distribution === undefined) return problem(entry, '`value`, `values`, or `min` and `max`');
  const convert = typeof distribution === 'string' && Object.hasOwn(conversions, distribution) ? conversions[distribution]! : undefined;
  return convert === undefined ? problem(entry, `another distribution than ${shortText(distribution)}, which ${unlike}`) : convert(entry, written as unknown as Parameters<Convert>[1]);
}
