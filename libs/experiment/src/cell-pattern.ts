import { variedParameters } from './grid.js';
import { parameterNames, type ParameterName, type ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';

/** A configuration by the parameters that its sweep varies. */
export function patternOf(spec: Spec, config: Readonly<Partial<Record<ParameterName, unknown>>>): Partial<ParameterValues> {
  const varied = [...variedParameters(spec).keys()];
  const names = varied.length === 0 ? parameterNames.slice(0, 1) : varied;
  return Object.fromEntries(names.map((name) => [name, config[name]])) as Partial<ParameterValues>;
}
