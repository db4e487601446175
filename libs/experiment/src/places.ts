import { canonical } from './canonical.js';
import { isRecord } from './members.js';

/** Whether a pattern matches a value: of a record, only the keys that are written count. */
function matches(pattern: unknown, value: unknown): boolean {
  if (!isRecord(pattern)) return canonical(pattern) === canonical(value ?? null);
  return isRecord(value) && Object.entries(pattern).every(([key, member]) => matches(member, value[key]));
}

/** A value's leaves, each as the path to it and its text: "kind=\"ddim\"". */
function leaves(value: unknown, path = ''): string[] {
  return isRecord(value) ? Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : leaves(member, `${path}.${key}`))) : [`${path}=${canonical(value)}`];
}

/**
 * Finds the values of an axis that a pattern matches, as ascending indices. The values are looked up by their leaves,
 * so a pattern is compared only with those that share its rarest leaf; a pattern seen before is not compared at all.
 */
export function placesOf(values: readonly unknown[]): (pattern: unknown) => readonly number[] {
  const byLeaf = new Map<string, number[]>();
  for (const [place, value] of values.entries()) {
    for (const leaf of leaves(value)) {
      const places = byLeaf.get(leaf);
      if (places === undefined) byLeaf.set(leaf, [place]);
      else places.push(place);
    }
  }
  const known = new Map<string, readonly number[]>();
  return (pattern) => {
    const text = canonical(pattern);
    let places = known.get(text);
    if (places === undefined) {
      const candidates = leaves(pattern).map((leaf) => byLeaf.get(leaf) ?? []);
      const rarest = candidates.reduce((least, list) => (list.length < least.length ? list : least), candidates[0] ?? [...values.keys()]);
      places = rarest.filter((place) => matches(pattern, values[place]));
      known.set(text, places);
    }
    return places;
  };
}
