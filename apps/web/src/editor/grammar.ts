import { optionsOf, wordsOfUnion, type JsonSchema } from '@elucidate/experiment/schema-options';

/** Keys of records and places in lists, from the top of a sweep file. */
export type Path = readonly (string | number)[];

const place = '#/components/schemas/';

/** The grammar of a sweep file from the schemas of the API's OpenAPI document: `Spec`, with every reference replaced by what it names. */
export function specGrammar(schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const named = new Map<string, JsonSchema>();
  const resolved = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(resolved);
    if (typeof node !== 'object' || node === null) return node;
    const { $ref, ...rest } = node as JsonSchema;
    const own = Object.fromEntries(Object.entries(rest).map(([keyword, value]) => [keyword, resolved(value)]));
    return typeof $ref === 'string' ? { ...part($ref.replace(place, '')), ...own } : own;
  };
  const part = (name: string): JsonSchema => {
    if (!named.has(name)) named.set(name, resolved(schemas[name] ?? {}) as JsonSchema);
    return named.get(name)!;
  };
  return part('Spec');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a document has at a path; undefined where it has nothing. */
export const memberAt = (document: unknown, path: Path): unknown => path.reduce<unknown>((value, key) => (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[key], document);

/** What a value may be: of a union of records those of its kind or, as long as it has none, all of them. */
export function readings(schema: JsonSchema, value: unknown): JsonSchema[] {
  const options = optionsOf(schema);
  if (options.length === 0) return [schema];
  const key = wordsOfUnion(schema)?.key;
  const ofKind = key === undefined || !isRecord(value) ? [] : options.filter(({ properties }) => properties?.[key]?.const === value[key]);
  return ofKind.length > 0 ? ofKind : options;
}

function memberOf(schema: JsonSchema, key: string | number): JsonSchema[] {
  if (typeof key === 'number') return schema.items === undefined ? [] : [schema.items];
  const member = schema.properties?.[key] ?? schema['additionalProperties'];
  return isRecord(member) ? [member as JsonSchema] : [];
}

/** The schemas of what may stand at a path of a document; none where nothing may. A profile has the grammar of a sweep file. */
export function schemasAt(grammar: JsonSchema, document: unknown, path: Path): JsonSchema[] {
  if (path[0] === 'profiles' && path.length > 1) return schemasAt(grammar, memberAt(document, path.slice(0, 2)), path.slice(2));
  return path.reduce<JsonSchema[]>((found, key, depth) => found.flatMap((schema) => readings(schema, memberAt(document, path.slice(0, depth))).flatMap((option) => memberOf(option, key))), [grammar]);
}
