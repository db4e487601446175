import { z } from 'zod';
import { datasetSchema } from './dataset-grammar.js';
import { specSchema } from './grammar.js';
import { distributionSchema } from './method-grammar.js';
import { parameterSchemas } from './parameters.js';
import { wordsOfUnion, type JsonSchema } from './schema-options.js';
import { withKeyHelp, withKindHelp } from './spec-help.js';

const dialect = { io: 'input', target: 'draft-2020-12' } as const;
const title = 'elucidate sweep';

/** The grammar of a sweep file as JSON Schema, draft 2020-12, every part inline: error messages look words up here. */
export function specJsonSchema(): JsonSchema {
  return { ...z.toJSONSchema(specSchema, dialect), title } as JsonSchema;
}

/** The name of a part under `$defs`. */
const partName = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** The same, with its parts named and written once, under `$defs`: Schedule, Sampler, Discretisation ..., and with what its words mean. For editors, forms and OpenAPI. */
export function namedSpecSchema(): JsonSchema & { $defs: Readonly<Record<string, JsonSchema>> } {
  const names = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries({ dataset: datasetSchema, distribution: distributionSchema, ...parameterSchemas })) names.add(schema, { id: partName(name) });
  // the names' registry takes the place of the one that knows what schemas say beside
  const schema = z.toJSONSchema(specSchema, { ...dialect, metadata: names, override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, z.globalRegistry.get(zodSchema)) });
  const { $defs, ...spec } = withBareWords(schema as JsonSchema) as JsonSchema & { $defs: Record<string, JsonSchema> };
  const parts = Object.keys(parameterSchemas).map((name) => [partName(name), withKindHelp(name, $defs[partName(name)]!)] as const);
  return { ...withKeyHelp(spec), title, $defs: { ...$defs, ...Object.fromEntries(parts) } };
}

/** A schema in which a word may stand for the record of that kind, as parseSpec reads it. */
function withBareWords(schema: JsonSchema): JsonSchema {
  const inner = Object.fromEntries(Object.entries(schema).map(([keyword, value]): [string, unknown] => [keyword, Array.isArray(value) ? value.map((member: unknown) => (isSchema(member) ? withBareWords(member) : member)) : isSchema(value) ? withBareWords(value) : value]));
  const union = schema.oneOf === undefined ? undefined : wordsOfUnion(schema);
  return union === undefined ? inner : { ...inner, oneOf: [...(inner['oneOf'] as JsonSchema[]), { type: 'string', enum: union.words, description: `short for { ${union.key}: ... }` }] };
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);
