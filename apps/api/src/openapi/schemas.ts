import { namedSpecSchema } from '@elucidate/experiment/json-schema';
import type { SwaggerDocumentOptions } from '@nestjs/swagger';
import { z } from 'zod';

type Json = Record<string, unknown>;

const dialect = { target: 'draft-2020-12', unrepresentable: 'any' } as const;
const place = '#/components/schemas/';

const outer = new Set(['$schema', '$id', 'id']);

/** A schema without its name and dialect, which the document states elsewhere. */
const bare = (schema: Json): Json => Object.fromEntries(Object.entries(schema).filter(([key]) => !outer.has(key)));

/** A reference to a named schema: one with `.meta({ id })`. */
export const schemaReference = (schema: z.ZodType): { $ref: string } => ({ $ref: `${place}${z.globalRegistry.get(schema)?.id ?? ''}` });

/** Converts the schemas in decorators to JSON Schema, draft 2020-12: named ones to a reference, others inline. */
export const convertSchema: NonNullable<SwaggerDocumentOptions['standardSchemaConverter']> = (schema, { schemaType: io }) => {
  if (!(schema instanceof z.ZodType)) return undefined;
  const named = z.globalRegistry.get(schema)?.id !== undefined;
  return { schema: named ? schemaReference(schema) : bare(z.toJSONSchema(schema, { ...dialect, io })) };
};

/** All named schemas, and the grammar of a sweep with its parts. Objects are open: clients must accept members added later. */
export function componentSchemas(): Json {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    ...dialect, io: 'output', uri: (id) => `${place}${id}`,
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return { ...specSchemas(), ...Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema as Json)])) };
}

function specSchemas(): Json {
  const { $defs, ...spec } = namedSpecSchema();
  const parts = Object.entries({ Spec: spec, ...$defs }).map(([name, schema]) => [name, bare(schema)]);
  return JSON.parse(JSON.stringify(Object.fromEntries(parts)).replaceAll('"#/$defs/', `"${place}`)) as Json;
}
