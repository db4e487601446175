import { readFileSync } from 'node:fs';
import { describeApi } from './describe.js';
import type { OpenApiDocument } from './document.js';

let document: OpenApiDocument;
beforeAll(async () => { document = JSON.parse(JSON.stringify(await describeApi())) as OpenApiDocument; });

function* refsIn(node: unknown): Generator<string> {
  if (node === null || typeof node !== 'object') return;
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref') yield String(value);
    else yield* refsIn(value);
  }
}

const at = (pointer: string): unknown =>
  pointer.split('/').slice(1).reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);

test('the committed document is what the code generates; `npm run openapi -w @elucidate/api` writes it', () => {
  expect(JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'))).toEqual(document);
});

test('every reference resolves, and every component is referenced', () => {
  const refs = [...refsIn(document)];
  expect(refs.filter((ref) => at(ref) === undefined)).toEqual([]);
  expect(Object.keys(document.components.schemas).filter((name) => !refs.includes(`#/components/schemas/${name}`))).toEqual([]);
});

test('every operation has a name of its own, and every path parameter is declared', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, ...operation })));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { path, parameters = [] } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(named);
  }
});

test('each property of a query schema is a parameter of its own', () => {
  const parameters = document.paths['/v1/sweeps/{id}/stages']?.get?.parameters ?? [];
  expect(parameters.map((parameter) => `${parameter.in} ${parameter.name}`)).toEqual(['path id', 'query limit', 'query cursor', 'query kind', 'query state']);
});

test('it is OpenAPI 3.1, and its operations refer to schemas and problems instead of repeating them', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema' });
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  // each with its own parameters; inlining one schema or problem would add several kilobytes
  expect(JSON.stringify(document.paths).length / operations.length).toBeLessThan(1500);
});

test('the routes of docs/api.md are those that there are, with queries that they take', () => {
  const text = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
  const rows = text.slice(text.indexOf('## Routes')).split('\n').filter((line) => line.startsWith('| `'));
  const routesOf = (row: string): [method: string, path: string][] => [...row.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/[^`?]*)/g)].map(([, method = '', path = '']) => [method.toLowerCase(), path]);
  const listed = rows.flatMap(routesOf).map((route) => route.join(' '));
  const there = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
  // the home page is for people
  expect(listed.filter((route) => route !== 'get /').sort()).toEqual(there.sort());
  const untaken = rows.flatMap((row) => {
    const taken = routesOf(row).flatMap(([method, path]) => (document.paths[path]?.[method] as { parameters?: { name: string }[] } | undefined)?.parameters?.map(({ name }) => name) ?? []);
    return [...row.matchAll(/`\?([A-Za-z]+)=/g)].map(([, name = '']) => name).filter((name) => !taken.includes(name)).map((name) => `${row.slice(0, 50)} ?${name}=`);
  });
  expect(untaken).toEqual([]);
});
