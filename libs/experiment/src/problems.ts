import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import type { Problem } from './errors.js';
import { boundWords, expectedWords, typeWord } from './expected-words.js';
import type { JsonSchema } from './schema-options.js';
import { isRecord } from './members.js';
import { otherPlaces } from './other-words.js';
import { keyPath, nearestWord, oneOf, shortText } from './problem-text.js';
import { newName, renamedTo } from './renamed-keys.js';
import { optionsOf, settled, wordsOfUnion } from './schema-options.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A document that violates the grammar, and the grammar that lists the valid words. */
export interface InvalidDocument {
  document: unknown;
  schema: JsonSchema;
}

function memberAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Readonly<Record<PropertyKey, unknown>> | undefined | null)?.[key], document);
}

/** The grammar's node for a path in the document; a union at the end is left unresolved. */
function schemaAt({ document, schema }: InvalidDocument, path: Path): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((node, key, depth) => {
    const option = settled(node, memberAt(document, path.slice(0, depth)));
    return typeof key === 'number' ? option?.items : option?.properties?.[String(key)];
  }, schema);
}

/** Where else in the grammar a key of this name occurs: "parameters.steps". */
function elsewhere(schema: JsonSchema, key: string): string | undefined {
  return Object.entries(schema.properties ?? {}).find(([, member]) => member.properties !== undefined && Object.hasOwn(member.properties, key))?.[0];
}

function unknownKey(invalid: InvalidDocument, path: Path, key: string): Problem {
  const node = schemaAt(invalid, path);
  const value = memberAt(invalid.document, path);
  const valid = Object.keys(settled(node, value)?.properties ?? {});
  const at = { path: keyPath([...path, key]), value: shortText(memberAt(value, [key])) };
  const name = newName(key, valid);
  if (name !== undefined) return { ...at, ...renamedTo(key, name) };
  const owners = optionsOf(node).filter((option) => Object.hasOwn(option.properties ?? {}, key)).map((option) => option.properties?.kind?.const);
  const home = elsewhere(invalid.schema, key);
  // a record in its place is the block itself, misspelt
  const place = isRecord(memberAt(value, [key])) ? undefined : otherPlaces.get(key.toLowerCase());
  // `seed` at the top is `seeds`, although another block has a key of that very name
  const slip = valid.find((word) => distance(word, key) === 1);
  const nearest = place !== undefined && owners.length === 0 ? place : home !== undefined && slip === undefined && owners.length === 0 ? `${home}.${key}` : slip ?? nearestWord(key, valid);
  const expected = owners.length > 0
    ? `no ${key} for ${String(memberAt(value, ['kind']))}: it belongs to ${oneOf(owners)}; its own keys are ${oneOf(valid)}`
    : `one of the keys ${oneOf(valid)}`;
  return { ...at, expected, ...(nearest !== undefined && owners.length === 0 && { nearest }) };
}

/** A record is named by what may stand in it: `{kind: ddim}` where somebody wrote ddim. */
function recordProblem(schema: JsonSchema | undefined, found: unknown): Pick<Problem, 'expected' | 'nearest'> {
  const union = wordsOfUnion(schema);
  if (union !== undefined) {
    const nearest = nearestWord(found, union.words);
    return { expected: `a record {${union.key}: ...}, one of ${oneOf(union.words)}`, ...(nearest !== undefined && { nearest: `{${union.key}: ${nearest}}` }) };
  }
  const keys = Object.keys(schema?.properties ?? {});
  if (keys.includes('values')) return { expected: '{value: ...} or {values: [..., ...]}', ...(found !== undefined && found !== null && { nearest: Array.isArray(found) ? `{values: ${shortText(found)}}` : `{value: ${shortText(found)}}` }) };
  return { expected: keys.length === 0 ? 'a record of keys and values' : `a record with some of the keys ${keys.join(', ')}` };
}

function choice(values: readonly unknown[], word: unknown): Pick<Problem, 'expected' | 'nearest'> {
  const name = newName(word, values.map(String));
  if (name !== undefined) return renamedTo(word, name);
  const nearest = nearestWord(word, values.filter((value) => typeof value === 'string'));
  return { expected: oneOf(values), ...(nearest !== undefined && { nearest }) };
}

/** Whether a branch of a union fails although it takes records of this one's kind. */
const ofThisKind = (branch: readonly Issue[]): boolean => !branch.some((issue) =>
  issue.path[0] === 'kind' || (issue.path.length === 0 && (issue.code !== 'unrecognized_keys' || issue.keys.includes('kind'))));

/** The kinds that the branches of a union take, none of them the record's own. */
const otherKinds = (branches: readonly (readonly Issue[])[]): unknown[] =>
  branches.flat().flatMap((issue) => (issue.code === 'invalid_value' && issue.path.length === 1 && issue.path[0] === 'kind' ? [...issue.values] : []));

/** A union without a discriminator: the problems of the branch of the input's kind are used, else those of the branch with its type; if none fits, all are listed. */
function fromUnion(invalid: InvalidDocument, issue: Extract<Issue, { code: 'invalid_union' }>, base: Path): Problem[] {
  const path = [...base, ...issue.path];
  const value = memberAt(invalid.document, path);
  if ('options' in issue && issue.options !== undefined) {
    return [{ path: keyPath(path), value: shortText(value), ...choice(issue.options.filter((option) => option !== undefined).map(String), value) }];
  }
  const kind = memberAt(value, ['kind']);
  const alike = kind === undefined ? undefined : issue.errors.find(ofThisKind);
  const kinds = otherKinds(issue.errors);
  if (alike === undefined && typeof kind === 'string' && kinds.length > 0) return [{ path: keyPath([...path, 'kind']), value: shortText(kind), ...choice(kinds, kind) }];
  const fitting = alike ?? issue.errors.find((branch) => branch.every(({ path: at }) => at.length > 0) || branch.some(({ code }) => code === 'unrecognized_keys'));
  if (fitting !== undefined) return fitting.flatMap((inner) => fromIssue(invalid, inner, path));
  const roots = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_value' ? [...inner.values] : inner.code === 'invalid_type' ? [typeWord(inner.expected)] : []));
  return [{ path: keyPath(path), value: shortText(value), ...choice([...new Set(roots.map(String))], value) }];
}

/** Whether a value may have been meant as the only one of a list. */
const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

function fromIssue(invalid: InvalidDocument, issue: Issue, base: Path = []): Problem[] {
  if (issue.code === 'invalid_union') return fromUnion(invalid, issue, base);
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(invalid, path, key));
  const found = memberAt(invalid.document, path);
  const at = { path: keyPath(path), value: shortText(found) };
  switch (issue.code) {
    case 'invalid_value': return [{ ...at, ...choice(issue.values, found) }];
    case 'invalid_type': return [{ ...at, ...(issue.expected === 'object' ? recordProblem(schemaAt(invalid, path), found) : { expected: typeWord(issue.expected), ...(issue.expected === 'array' && isPlain(found) && { nearest: `[${shortText(found)}]` }) }) }];
    case 'too_small': return [{ ...at, expected: boundWords(issue, issue.minimum, 'least') }];
    case 'too_big': return [{ ...at, expected: boundWords(issue, issue.maximum, 'most') }];
    case 'not_multiple_of': return [{ ...at, expected: `a multiple of ${issue.divisor}` }];
    default: return [{ ...at, expected: expectedWords(issue) }];
  }
}

/** Zod's issues, as problems that name the nearest valid word. A missing key that was only misspelt is reported once. */
export function problemsOf(invalid: InvalidDocument, issues: readonly Issue[]): Problem[] {
  const problems = issues.flatMap((issue) => fromIssue(invalid, issue));
  const meant = new Set(problems.flatMap(({ path, nearest }) => (nearest === undefined ? [] : [path.replace(/[^.]+$/, nearest)])));
  return problems.filter(({ path, value }) => !(value === 'nothing' && meant.has(path)));
}
