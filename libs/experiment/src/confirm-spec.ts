import { canonical } from './canonical.js';
import { parameterNames } from './parameters.js';
import type { Spec } from './spec.js';

type Config = Readonly<Record<string, unknown>>;

/** The name of the sweep that scores the best of another one again, and of the next such sweeps: "base-confirmed", "base-confirmed-2". */
export const confirmedName = (name: string, place = 1): string => `${name}-confirmed${place === 1 ? '' : `-${place}`}`;

/** The name of the sweep whose best one of that name scores again; undefined for another name. */
export const confirmedOf = (name: string): string | undefined => /^(.+)-confirmed(?:-[1-9]\d*)?$/.exec(name)?.[1];

/** The next seeds that are not in use: as many as there are, at least three. */
export function freshSeeds(used: readonly number[]): number[] {
  const after = Math.max(0, ...used);
  return Array.from({ length: Math.max(3, used.length) }, (_, i) => after + 1 + i);
}

/**
 * A sweep of some configurations of another, the first of them the best, at given seeds. Cells have the ids they have there, and training runs of the same seeds
 * are shared. The result is a sweep file, to be read with parseSpec.
 */
export function confirmSpec(spec: Spec, configs: readonly Config[], seeds: Spec['seeds']): object {
  const [first = {}, ...others] = configs;
  const given = parameterNames.filter((name) => first[name] !== undefined);
  const differing = given.filter((name) => others.some((config) => canonical(config[name]) !== canonical(first[name])));
  return {
    ...spec,
    method: 'grid',
    where: undefined,
    repeats: undefined,
    // these seeds are for all of them
    race: undefined,
    // as long as the best is trained, which halving may not have brought to the end
    train: { ...spec.train, ...(typeof first['images'] === 'number' && { images: first['images'] }) },
    name: confirmedName(spec.name),
    parameters: Object.fromEntries(given.map((name) => [name, { values: [first[name]] }])),
    exclude: [],
    include: others.map((config) => Object.fromEntries(differing.map((name) => [name, config[name]]))),
    seeds: { ...spec.seeds, ...seeds },
  };
}
