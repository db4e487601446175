/** A record of YAML or JSON, by its keys. */
export type Members = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
