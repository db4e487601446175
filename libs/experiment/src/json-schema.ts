import { z } from 'zod';
import { datasetSchema } from './dataset-grammar.js';
import { specSchema } from './grammar.js';
import { parameterSchemas } from './parameters.js';
import { wordsOfUnion, type JsonSchema } from './schema-options.js';

const dialect = { io: 'input', target: 'draft-2020-12' } as const;
const title = 'elucidate sweep';

/** The grammar of a sweep file as JSON Schema, draft 2020-12, every part inline: error messages look words up here. */
export function specJsonSchema(): JsonSchema {
  return { ...z.toJSONSchema(specSchema, dialect), title } as JsonSchema;
}

/** The same, with its parts named and written once, under `$defs`: Schedule, Sampler, Discretisation ... For editors, forms and OpenAPI. */
export function namedSpecSchema(): JsonSchema & { $defs: Readonly<Record<string, JsonSchema>> } {
  const names = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries({ dataset: datasetSchema, ...parameterSchemas })) names.add(schema, { id: `${name.charAt(0).toUpperCase()}${name.slice(1)}` });
  // the names' registry takes the place of the one that knows what schemas say beside
  const schema = z.toJSONSchema(specSchema, { ...dialect, metadata: names, override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, z.globalRegistry.get(zodSchema)) });
  return { ...withBareWords(schema as JsonSchema), title } as unknown as JsonSchema & { $defs: Record<string, JsonSchema> };
}

/** A schema in which a word may stand for the record of that kind, as parseSpec reads it. */
function withBareWords(schema: JsonSchema): JsonSchema {
  const inner = Object.fromEntries(Object.entries(schema).map(([keyword, value]): [string, unknown] => [keyword, Array.isArray(value) ? value.map((member: unknown) => (isSchema(member) ? withBareWords(member) : member)) : isSchema(value) ? withBareWords(value) : value]));
  const union = schema.oneOf === undefined ? undefined : wordsOfUnion(schema);
  return union === undefined ? inner : { ...inner, oneOf: [...(inner['oneOf'] as JsonSchema[]), { type: 'string', enum: union.words, description: `short for { ${union.key}: ... }` }] };
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);
