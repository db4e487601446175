import { readFileSync } from 'node:fs';
import { buildOpenApi } from './openapi.js';
import { components } from './schemas/components.js';

const document = JSON.parse(JSON.stringify(buildOpenApi())) as Record<string, unknown>;

function* refsIn(node: unknown): Generator<string> {
  if (node === null || typeof node !== 'object') return;
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref') yield String(value);
    else yield* refsIn(value);
  }
}

const at = (pointer: string): unknown =>
  pointer.split('/').slice(1).reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);

test('the committed document is the one the code makes; `npm run openapi -w @elucidate/api` writes it', () => {
  expect(JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'))).toEqual(document);
});

test('every reference leads somewhere, and every component is referred to', () => {
  const refs = [...refsIn(document)];
  expect(refs.filter((ref) => at(ref) === undefined)).toEqual([]);
  expect(Object.keys(components).filter((name) => !refs.includes(`#/components/schemas/${name}`))).toEqual([]);
});

test('operations have names of their own, and every parameter of a path is declared', () => {
  const operations = Object.entries(document.paths as Record<string, Record<string, { operationId: string; parameters?: { in: string; name: string }[] }>>)
    .flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, ...operation })));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { path, parameters = [] } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(named);
  }
});
