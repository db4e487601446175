import { z } from 'zod';
import { specSchema } from './grammar.js';

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

/** The grammar of a sweep file as JSON Schema, draft 2020-12: for editors, forms and OpenAPI. */
export function specJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(specSchema, { io: 'input', target: 'draft-2020-12' });
  return { ...schema, title: 'elucidate sweep' } as JsonSchema;
}
