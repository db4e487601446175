/** Which configurations a view keeps, as addresses have it: "sampler:heun", "fid:10..20". */
export interface Kept {
  keep: string[];
  within: string[];
}

export const keptOf = (query: URLSearchParams): Kept => ({ keep: query.getAll('keep'), within: query.getAll('within') });

const nameIn = (pair: string): string => pair.slice(0, pair.indexOf(':'));

/** The labels that are kept of a parameter; none: all. */
export const labelsOf = ({ keep }: Kept, path: string): string[] => keep.filter((pair) => nameIn(pair) === path).map((pair) => pair.slice(path.length + 1));

/** The ends that a measure is kept within, as text; "" for none. */
export function rangeOf({ within }: Kept, name: string): readonly [low: string, high: string] {
  const found = within.find((pair) => pair.slice(0, pair.lastIndexOf(':')) === name);
  const [low = '', high = ''] = found === undefined ? [] : found.slice(name.length + 1).split('..');
  return [low, high];
}

/** The same with other labels of one parameter; none, or all that there are, keep everything. */
export const withLabels = ({ keep, within }: Kept, path: string, labels: readonly string[]): Kept => ({ within, keep: [...keep.filter((pair) => nameIn(pair) !== path), ...labels.map((label) => `${path}:${label}`)] });

/** The same with another range of one measure; two empty ends keep everything. */
export const withRange = ({ keep, within }: Kept, name: string, [low, high]: readonly [string, string]): Kept =>
  ({ keep, within: [...within.filter((pair) => pair.slice(0, pair.lastIndexOf(':')) !== name), ...(low === '' && high === '' ? [] : [`${name}:${low}..${high}`])] });
