import { parameterNames } from './parameters.js';
import type { Spec } from './spec.js';

/** The sweep file of one configuration of a sweep: the same stages, and no others. To be read with parseSpec. */
export function cellSpec(spec: Readonly<Record<string, unknown>> | Spec, config: Readonly<Record<string, unknown>>, name: string): object {
  const rest = Object.entries(spec).filter(([key]) => !['where', 'include', 'exclude'].includes(key));
  return { ...Object.fromEntries(rest), name, parameters: Object.fromEntries(parameterNames.filter((parameter) => config[parameter] !== undefined).map((parameter) => [parameter, { values: [config[parameter]] }])) };
}
