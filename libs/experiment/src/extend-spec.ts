import { canonical } from './canonical.js';
import { ElucidateError } from './errors.js';
import { parameterNames, parameterSchemas } from './parameters.js';
import type { ParameterName } from './parameters.js';
import { repeatsWith, withRepeats } from './repeats.js';
import { nearestWord, oneOf, problemsText } from './problem-text.js';
import { withShorthand } from './shorthand.js';
import type { Spec } from './spec.js';

/** What a sweep is to have more of. */
export interface Extension {
  trainSeeds?: readonly number[] | undefined;
  sampleSeeds?: readonly number[] | undefined;
  /** The hours of slots that it may have in all. */
  deviceHours?: number | undefined;
  /** Configurations that alone get the seeds; absent: all do. */
  only?: readonly Readonly<Partial<Record<ParameterName, unknown>>>[] | undefined;
  /** By parameter, values as a sweep file has them. */
  values?: Readonly<Record<string, readonly unknown[]>> | undefined;
}

/** Those of the values that are not there yet, each once. */
function newOnes(there: readonly unknown[], values: readonly unknown[]): unknown[] {
  const seen = new Set(there.map(canonical));
  return values.filter((value) => {
    const text = canonical(value);
    return !seen.has(text) && seen.add(text);
  });
}

const isParameter = (name: string): name is ParameterName => Object.hasOwn(parameterSchemas, name);

function requireParameter(name: string): ParameterName {
  if (isParameter(name)) return name;
  const nearest = nearestWord(name, parameterNames);
  const problems = [{ path: `parameters.${name}`, value: 'not known', expected: oneOf(parameterNames), ...(nearest !== undefined && { nearest }) }];
  throw new ElucidateError('spec.invalid', problemsText(problems), { problems });
}

/** Cells that are listed name their own values: another value of the axis would be in none. */
function listedByHand(name: ParameterName): ElucidateError {
  const problems = [{ path: `parameters.${name}`, value: 'an axis of listed cells', expected: 'none: with the method list or random another value is in no cell; apply the file with more in `include`, or with more `cells`' }];
  return new ElucidateError('spec.invalid', problemsText(problems), { problems });
}

/** A value with its defaults filled in, as the values of a sweep are; one that is wrong as it is: reading the sweep says what is wrong with it. */
function resolved(name: ParameterName, value: unknown): unknown {
  const { success, data } = parameterSchemas[name].safeParse(value);
  return success ? data : value;
}

/**
 * A sweep with more seeds, and more values on its axes, behind those that it has; what it has already is not added. The result is a sweep file, to be read
 * with parseSpec. Throws 'spec.invalid' for a parameter that does not exist.
 */
export function extendSpec(spec: Spec, { trainSeeds = [], sampleSeeds = [], values = {}, only, deviceHours }: Extension): object {
  const { train, sample } = spec.seeds;
  let repeats = only === undefined ? spec.repeats : withRepeats(spec, only, { train: [...trainSeeds], sample: [...sampleSeeds] });
  const { parameters: written } = withShorthand({ parameters: Object.fromEntries(Object.entries(values).map(([name, more]) => [name, { values: more }])) }) as { parameters: Record<string, { values: unknown[] }> };
  const axes = Object.entries(written).map(([given, { values: more }]) => {
    const name = requireParameter(given);
    if (spec.method !== 'grid' && spec.include.every((entry) => entry[name] !== undefined)) throw listedByHand(name);
    const there: readonly unknown[] = spec.parameters[name].values;
    if (there.length === 1) repeats = repeats && repeatsWith(repeats, name, there[0]);
    return [name, { values: [...there, ...newOnes(there, more.map((value) => resolved(name, value)))] }] as const;
  });
  return {
    ...spec,
    ...(only === undefined && { seeds: { ...spec.seeds, train: [...train, ...newOnes(train, trainSeeds)], sample: [...sample, ...newOnes(sample, sampleSeeds)] } }),
    ...(deviceHours !== undefined && { budget: { ...spec.budget, deviceHours } }),
    repeats: repeats?.length === 0 ? undefined : repeats,
    parameters: { ...spec.parameters, ...Object.fromEntries(axes) },
  };
}
