import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type YAMLMap } from 'yaml';
import { memoised } from './memoised.js';

/** The line, from 1, of the text that a path of the document comes from; undefined if none does. `whole`: only if the path is written to its end. */
export type LineOf = (path: string, options?: { whole?: boolean }) => number | undefined;

/** "a.b[1].c" as keys and places. */
const stepsOf = (path: string): (string | number)[] => path.split('.').flatMap((part) => {
  const [name = '', ...places] = part.split(/\[(?=\d+\])/);
  return [...(name === '' ? [] : [name]), ...places.map((place) => Number.parseInt(place, 10))];
});

/** The pairs of a record by their keys; a long one is looked through once. */
const pairsOf = memoised((map: YAMLMap) => new Map(map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair] as const] : []))));

/** The offsets, from and to, of what a path of the document names: of a record's member its key. */
export type PlaceOf = (path: string, options?: { whole?: boolean }) => readonly [number, number] | undefined;

type Ranged = { range?: readonly number[] | null };

/** Where each path is written in a YAML document; of a path that is missing, where the nearest record or list around it is. */
export function placesIn(document: Document.Parsed): PlaceOf {
  return (path, { whole = false } = {}) => {
    let node: unknown = document.contents;
    let place: readonly [number, number] | undefined;
    const found = (part: unknown): void => {
      const range = (part as Ranged).range;
      if (range != null) place = [range[0]!, range[1]!];
    };
    for (const step of stepsOf(path)) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = pairsOf(node).get(String(step));
        if (pair === undefined) return whole ? undefined : place;
        found(pair.key);
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)];
        if (item === undefined) return whole ? undefined : place;
        found(item);
        node = item;
      } else return whole ? undefined : place;
    }
    return place;
  };
}

/** The lines of the same. */
export function lineNumbers(document: Document.Parsed, lines: LineCounter): LineOf {
  const placeOf = placesIn(document);
  return (path, options) => {
    const place = placeOf(path, options);
    return place === undefined ? undefined : lines.linePos(place[0]).line;
  };
}
