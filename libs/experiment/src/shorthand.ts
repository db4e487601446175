import { specJsonSchema } from './json-schema.js';
import { isRecord, type Members } from './members.js';
import { optionsOf, settled, wordsOfUnion, type JsonSchema } from './schema-options.js';

let grammar: JsonSchema | undefined;

/** Whether text itself may stand there, as a network's name may. */
const takes = (schema: JsonSchema, word: string): boolean => [schema, ...optionsOf(schema)].some(({ type, enum: words, const: only }) => (words === undefined && only === undefined ? type === 'string' : words?.includes(word) || only === word));

function expanded(schema: JsonSchema | undefined, value: unknown): unknown {
  if (schema === undefined) return value;
  if (typeof value === 'string') {
    const union = takes(schema, value) ? undefined : wordsOfUnion(schema);
    return union?.words.includes(value) ? { [union.key]: value } : value;
  }
  const option = settled(schema, value);
  if (Array.isArray(value)) return value.map((member) => expanded(option?.items, member));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expanded(option?.properties?.[key], member)])) : value;
}

/** A document in which a bare word stands for the record of that kind, `ddim` for `{kind: ddim}`, and a data set's name for the data set. It means the same as in full. */
export function withShorthand(document: unknown): unknown {
  grammar ??= specJsonSchema();
  const { profiles, ...base } = isRecord(document) ? document : {};
  if (!isRecord(document)) return document;
  const variants = isRecord(profiles) ? Object.fromEntries(Object.entries(profiles).map(([name, changes]) => [name, expanded(grammar, changes)])) : profiles;
  return { ...(expanded(grammar, base) as Members), ...(profiles !== undefined && { profiles: variants }) };
}
