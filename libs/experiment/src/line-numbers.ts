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

/** Where each path is written in a YAML document; of a path that is missing, where the nearest record or list around it is. */
export function lineNumbers(document: Document.Parsed, lines: LineCounter): LineOf {
  const at = (offset: number | undefined): number | undefined => (offset === undefined ? undefined : lines.linePos(offset).line);
  return (path, { whole = false } = {}) => {
    let node: unknown = document.contents;
    let offset: number | undefined;
    for (const step of stepsOf(path)) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = pairsOf(node).get(String(step));
        if (pair === undefined) return at(whole ? undefined : offset);
        offset = (pair.key as { range?: readonly number[] | null }).range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)];
        if (item === undefined) return at(whole ? undefined : offset);
        offset = (item as { range?: readonly number[] | null }).range?.[0] ?? offset;
        node = item;
      } else return at(whole ? undefined : offset);
    }
    return at(offset);
  };
}
