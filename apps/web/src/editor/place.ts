import { isPair, isScalar, isSeq, parseDocument, visit, type Document, type LineCounter, type Node, type Pair, type Scalar } from 'yaml';
import type { Path } from './grammar.js';

/** Where something stands in a sweep file: of a key, the path of the record that it is a key of. */
export interface Place {
  path: Path;
  role: 'key' | 'value';
  /** Offsets of the word in the text. */
  from: number;
  to: number;
  word: string;
  /** The document around it. */
  document: unknown;
}

const options = { uniqueKeys: false, merge: true, prettyErrors: false, logLevel: 'silent' } as const;

/** A text as far as it can be read; a mistake in it does not hide the rest. Its lines are counted by `lineCounter`. */
export const readYaml = (text: string, lineCounter?: LineCounter): Document.Parsed => parseDocument(text, { ...options, ...(lineCounter !== undefined && { lineCounter }) });

/** The document as values; undefined for what is none, as too many aliases. */
export function valuesOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

type Ancestor = Document | Node | Pair;

function pathOf(ancestors: readonly Ancestor[], node: Scalar): Path {
  const chain: readonly unknown[] = [...ancestors, node];
  return chain.flatMap((one, i): (string | number)[] => {
    const next = chain[i + 1];
    if (isPair(one) && one.value === next) return [isScalar(one.key) ? String(one.key.value) : ''];
    return isSeq(one) && next !== undefined ? [one.items.indexOf(next)] : [];
  });
}

function placeOf(document: Document.Parsed, wanted: (node: Scalar) => boolean): Omit<Place, 'document'> | undefined {
  let found: Omit<Place, 'document'> | undefined;
  visit(document, {
    Scalar(key, node, ancestors) {
      if (!wanted(node) || node.range == null) return undefined;
      found = { path: pathOf(ancestors, node), role: key === 'key' ? 'key' : 'value', from: node.range[0], to: node.range[1], word: String(node.value) };
      return visit.BREAK;
    },
  });
  return found;
}

/** The key or value that is written at an offset of a text. */
export function writtenAt(text: string, offset: number): Place | undefined {
  const document = readYaml(text);
  const found = placeOf(document, ({ range }) => range != null && range[0] <= offset && offset < range[1]);
  return found && { ...found, document: valuesOf(document) };
}

/** Stands in for the word under the cursor: no text has it. */
const mark = '\uE000';

/** What is written at an offset, or would be: the word may still be empty. Undefined inside comments, quotes and longer text. */
export function writingAt(text: string, offset: number): Place | undefined {
  const from = offset - /[\w.+-]*$/.exec(text.slice(0, offset))![0].length;
  const to = offset + /^[\w.+-]*/.exec(text.slice(offset))![0].length;
  const document = readYaml(`${text.slice(0, from)}${mark}${text.slice(to)}`);
  const found = placeOf(document, ({ value }) => value === mark);
  return found && { ...found, from, to, word: text.slice(from, to), document: valuesOf(document) };
}

/** Whether nothing but dashes of a list stands before it in its line. */
export const beginsLine = (text: string, { from }: Pick<Place, 'from'>): boolean => /^[\s-]*$/.test(text.slice(text.lastIndexOf('\n', from - 1) + 1, from));
