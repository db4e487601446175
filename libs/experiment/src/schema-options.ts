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

/** The options of a union, those of a union among them included. */
export function optionsOf(schema: JsonSchema | undefined): JsonSchema[] {
  return (schema?.oneOf ?? schema?.anyOf ?? []).flatMap((option) => (option.oneOf === undefined && option.anyOf === undefined ? [option] : optionsOf(option)));
}

export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const kindOf = (value: unknown): unknown => (typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined);

/** The option of a union that `value` is meant to be: the one of its kind, else of its type. */
export function settled(schema: JsonSchema | undefined, value: unknown): JsonSchema | undefined {
  const options = optionsOf(schema);
  if (options.length === 0) return schema;
  const kind = kindOf(value);
  return options.find((option) => kind !== undefined && option.properties?.['kind']?.const === kind) ?? options.find((option) => option.type === typeName(value));
}

/** The key whose constant tells records of a union apart, `kind` or a data set's `name`, and its words; undefined for another union. */
export function wordsOfUnion(schema: JsonSchema | undefined): { key: string; words: string[] } | undefined {
  const records = optionsOf(schema).filter(({ properties }) => properties !== undefined);
  const key = Object.entries(records[0]?.properties ?? {}).find(([, member]) => member.const !== undefined)?.[0];
  return key === undefined ? undefined : { key, words: records.map(({ properties }) => String(properties?.[key]?.const)) };
}
