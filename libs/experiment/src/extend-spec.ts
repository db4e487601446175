import { canonical } from './canonical.js';
import { ElucidateError } from './errors.js';
import { parameterNames, parameterSchemas } from './parameters.js';
import type { ParameterName } from './parameters.js';
import { nearestWord, oneOf, problemsText } from './problem-text.js';
import { withShorthand } from './shorthand.js';
import type { Spec } from './spec.js';

/** What a sweep is to have more of. */
export interface Extension {
  trainSeeds?: readonly number[] | undefined;
  sampleSeeds?: readonly number[] | undefined;
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

/** A value with its defaults filled in, as the values of a sweep are; one that is wrong as it is: reading the sweep says what is wrong with it. */
function resolved(name: ParameterName, value: unknown): unknown {
  const { success, data } = parameterSchemas[name].safeParse(value);
  return success ? data : value;
}

/**
 * A sweep with more seeds, and more values on its axes, behind those that it has; what it has already is not added. The result is a sweep file, to be read
 * with parseSpec. Throws 'spec.invalid' for a parameter that does not exist.
 */
export function extendSpec(spec: Spec, { trainSeeds = [], sampleSeeds = [], values = {} }: Extension): object {
  const { train, sample } = spec.seeds;
  const { parameters: written } = withShorthand({ parameters: Object.fromEntries(Object.entries(values).map(([name, more]) => [name, { values: more }])) }) as { parameters: Record<string, { values: unknown[] }> };
  const axes = Object.entries(written).map(([given, { values: more }]) => {
    const name = requireParameter(given);
    const there: readonly unknown[] = spec.parameters[name].values;
    return [name, { values: [...there, ...newOnes(there, more.map((value) => resolved(name, value)))] }] as const;
  });
  return {
    ...spec,
    seeds: { ...spec.seeds, train: [...train, ...newOnes(train, trainSeeds)], sample: [...sample, ...newOnes(sample, sampleSeeds)] },
    parameters: { ...spec.parameters, ...Object.fromEntries(axes) },
  };
}
