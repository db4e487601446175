import { LineCounter, parseDocument } from 'yaml';
import { ElucidateError } from './errors.js';
import type { Problem } from './errors.js';
import { lineNumbers, type LineOf } from './line-numbers.js';
import { printable, storable } from './printable.js';
import { keyPath, shortText } from './problem-text.js';
import { repeatedKeys, tooDeepAt } from './yaml-guards.js';

/** Maximum number of characters read. */
export const maxTextLength = 1_000_000;
const maxAliases = 100;
const maxDepth = 32;
/** A single syntax error can be reported many times. */
const maxFindings = 3;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

function wordAt(text: string, offset: number): string {
  return /^[^\s:,{}[\]]+/.exec(text.slice(offset, offset + 80))?.[0] ?? text.slice(offset, offset + 1);
}

/** The document in YAML or JSON text, or its problems. Throws spec.too_large above a million characters. */
export function readText(text: string): { value: unknown; problems: Problem[]; lineOf?: LineOf } {
  if (text.length > maxTextLength) {
    throw new ElucidateError('spec.too_large', `The spec has ${text.length} characters; at most ${maxTextLength} are read. Split the sweep`, { details: { size: text.length, limit: maxTextLength } });
  }
  const deep = tooDeepAt(text);
  if (deep !== null) return { value: undefined, problems: [{ path: '', value: shortText(text.slice(deep, deep + 80)), expected: `YAML nested at most ${maxDepth} deep` }] };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, merge: true });
    const problems = [...document.errors, ...document.warnings, ...repeatedKeys(document)].slice(0, maxFindings).map(({ pos, message }): Problem => {
      const { line, col } = lines.linePos(pos[0]);
      return { path: '', value: shortText(wordAt(text, pos[0])), expected: `valid YAML or JSON; line ${line}, column ${col}: ${message}` };
    });
    return problems.length > 0 ? { value: undefined, problems } : { value: document.toJS({ maxAliasCount: maxAliases }), problems, lineOf: lineNumbers(document, lines) };
  } catch (error) {
    const expected = error instanceof ReferenceError ? `at most ${maxAliases} uses of an alias (${error.message})` : `YAML nested at most ${maxDepth} deep`;
    return { value: undefined, problems: [{ path: '', value: shortText(text), expected }] };
  }
}

const storableText = 'text without NUL characters and halves of surrogate pairs';

/** Finds keys that would reach an object's prototype, endless nesting, and text that no database can hold. */
export function shapeProblems(value: unknown, path: readonly PropertyKey[] = []): Problem[] {
  if (typeof value === 'string' && !storable(value)) return [{ path: keyPath(path), value: shortText(value), expected: storableText }];
  if (typeof value !== 'object' || value === null) return [];
  if (path.length > maxDepth) return [{ path: keyPath(path), value: '...', expected: `a document nested at most ${maxDepth} deep` }];
  return Object.entries(value).flatMap(([key, member]): Problem[] => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (forbiddenKeys.has(key)) return [{ path: keyPath(at), value: typeof member === 'object' ? '{...}' : shortText(member), expected: `no key named ${key}` }];
    if (!storable(key)) return [{ path: printable(keyPath(at)), value: shortText(key), expected: storableText }];
    return shapeProblems(member, at);
  });
}
