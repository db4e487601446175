import { z } from 'zod';
import { datasetSchema } from './dataset-grammar.js';
import { specSchema } from './grammar.js';
import { parameterSchemas } from './parameters.js';

/** The part of a JSON Schema this project reads. */
export interface JsonSchema {
  type?: string;
  properties?: Readonly<Record<string, JsonSchema>>;
  items?: JsonSchema;
  oneOf?: readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
  const?: unknown;
  enum?: readonly unknown[];
  [keyword: string]: unknown;
}

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
  return { ...schema, title } as JsonSchema & { $defs: Record<string, JsonSchema> };
}
