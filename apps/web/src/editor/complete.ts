import { optionsOf, wordsOfUnion, type JsonSchema } from '@elucidate/experiment/schema-options';
import { helpOf, takesText } from './explain.js';
import { memberAt, readings, schemasAt } from './grammar.js';
import { beginsLine, writingAt, type Place } from './place.js';

/** A word that may stand at the cursor. */
export interface Completion {
  label: string;
  detail?: string;
  info?: string;
  /** What is written; `${}` is where the cursor goes. */
  insert: string;
}

export interface Completions {
  from: number;
  to: number;
  options: Completion[];
}

/** The shape of what follows a key. */
function following(schema: JsonSchema): string {
  if (schema.properties?.['values'] !== undefined) return ': { values: [${}] }';
  if (schema.type === 'array') return ': [${}]';
  return schema.type === 'object' ? ': { ${} }' : ': ${}';
}

/** Keys of records that are not there yet. */
function keysOf(schemas: readonly JsonSchema[], present: unknown): Completion[] {
  const members = new Map(schemas.flatMap(({ properties }) => Object.entries(properties ?? {})));
  const taken = new Set(Object.keys((present ?? {}) as object));
  return [...members].filter(([key]) => !taken.has(key)).map(([label, schema]) => ({ label, detail: takesText(schema).slice(0, 40), info: helpOf(schema).join('\n'), insert: `${label}${following(schema)}` }));
}

/** Words that may stand as a value. */
function wordsOf(schema: JsonSchema): Completion[] {
  const union = wordsOfUnion(schema);
  const ofKind = (word: string): JsonSchema | undefined => readings(schema, { [union?.key ?? 'kind']: word }).find(({ properties }) => properties?.[union?.key ?? 'kind']?.const === word);
  const words = [schema, ...optionsOf(schema)].flatMap((option) => option.enum ?? (option.const !== undefined ? [option.const] : option.type === 'boolean' ? [true, false] : []));
  return [...new Set([...words.map(String), ...(union?.words ?? [])])].map((label) => {
    const info = ofKind(label)?.['description'];
    return { label, insert: label, ...(typeof info === 'string' && { info }) };
  });
}

/** The names of profiles are not the grammar's, but the document's. */
function profileNames({ path, document }: Place): Completion[] {
  const profiles = (document as { profiles?: unknown } | undefined)?.profiles;
  return path.length === 1 && path[0] === 'profile' && typeof profiles === 'object' && profiles !== null ? Object.keys(profiles).map((label) => ({ label, insert: label })) : [];
}

/** What may be written at an offset of a text, by the grammar of sweep files. */
export function completionsAt(grammar: JsonSchema, text: string, offset: number): Completions | undefined {
  const place = writingAt(text, offset);
  if (place === undefined) return undefined;
  const { path, document, from, to } = place;
  const value = memberAt(document, path);
  const schemas = schemasAt(grammar, document, path);
  const records = schemas.flatMap((schema) => readings(schema, value));
  const options = place.role === 'key' ? keysOf(records, value) : [...schemas.flatMap(wordsOf), ...profileNames(place), ...(beginsLine(text, place) ? keysOf(records, undefined) : [])];
  const seen = new Set<string>();
  return { from, to, options: options.filter(({ label }) => !seen.has(label) && seen.add(label)) };
}
