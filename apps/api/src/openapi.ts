import { namedSpecSchema } from '@elucidate/experiment/json-schema';
import { z } from 'zod';
import { specMediaTypes } from './http/media.js';
import { routes } from './routes.js';
import type { Route, RouteAnswer } from './routes.js';
import { componentSchemas } from './schemas/components.js';
import { without } from './schemas/without.js';

type Json = Record<string, unknown>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

const bare = (schema: z.ZodType): Json => without(z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }), '$schema');

function parametersOf({ params = {}, query, headers = {} }: Route): Json[] {
  const inPath = Object.entries(params).map(([name, schema]) => ({ name, in: 'path', required: true, schema: bare(schema) }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({ name, in: 'query', required: false, schema: bare(schema as z.ZodType) }));
  const inHeaders = Object.entries(headers).map(([name, description]) => ({ name, in: 'header', required: false, description, schema: { type: 'string' } }));
  return [...inPath, ...inQuery, ...inHeaders];
}

function answerOf({ description, json, media = [], headers }: RouteAnswer): Json {
  const named = Object.entries(headers ?? {}).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]);
  const types = media.map((type) => type.split(';')[0] ?? type);
  const content = Object.fromEntries([...(json === undefined ? [] : [['application/json', { schema: ref(json) }]]), ...types.map((type) => [type, {}])]);
  return { description, ...(named.length > 0 && { headers: Object.fromEntries(named) }), ...(Object.keys(content).length > 0 && { content }) };
}

const problemAnswer: Json = { description: 'What is wrong, and how to mend it.', content: { 'application/problem+json': { schema: ref('Problem') } } };

function operationOf(route: Route): Json {
  const problems = [400, 500, ...(route.problems ?? [])].map((status) => [status, problemAnswer]);
  const parameters = parametersOf(route);
  const body = { required: true, content: Object.fromEntries(specMediaTypes.map((type) => [type, { schema: ref('Spec') }])) };
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(route.takesSpec === true && { requestBody: body }),
    responses: Object.fromEntries([...problems, ...Object.entries(route.answers).map(([status, answer]) => [status, answerOf(answer)])]),
  };
}

/** The grammar of a sweep, and its parts beside it. */
function specSchemas(): Json {
  const { $defs, ...spec } = namedSpecSchema();
  const parts = Object.fromEntries(Object.entries($defs).map(([name, schema]) => [name, without(schema, 'id')]));
  return JSON.parse(JSON.stringify({ Spec: without(spec, '$schema'), ...parts }).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}

/** The OpenAPI 3.1 document, made from the zod schemas that also check what comes in and, in tests, what goes out. */
export function buildOpenApi(): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'elucidate', version: '1', description: 'Design-space sweeps of diffusion models. Errors are application/problem+json.', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    paths,
    components: { schemas: { ...specSchemas(), ...componentSchemas() } },
  };
}
