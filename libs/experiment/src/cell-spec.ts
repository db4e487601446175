import { parameterNames } from './parameters.js';
import { seedsOf } from './repeats.js';
import type { Spec } from './spec.js';

/** Of a configuration that halving has not trained to the end, as long as it is trained. */
const trainedOn = ({ train }: { train?: unknown }, { images }: { images?: unknown }): object => (typeof images === 'number' && typeof train === 'object' ? { train: { ...train, images } } : {});

/** The sweep file of one configuration of a sweep, with the seeds that it has there: the same stages, and no others. To be read with parseSpec. */
export function cellSpec(spec: Readonly<Record<string, unknown>> | Spec, config: Readonly<Record<string, unknown>>, name: string): object {
  const rest = Object.entries(spec).filter(([key]) => !['method', 'where', 'include', 'exclude', 'repeats', 'race'].includes(key));
  return { ...Object.fromEntries(rest), ...trainedOn(spec, config), name, seeds: seedsOf(spec as Spec, config), parameters: Object.fromEntries(parameterNames.filter((parameter) => config[parameter] !== undefined).map((parameter) => [parameter, { values: [config[parameter]] }])) };
}
