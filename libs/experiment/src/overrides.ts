import { ElucidateError } from './errors.js';
import { isRecord, type Members } from './members.js';
import { parameterNames } from './parameters.js';
import { readText } from './spec-text.js';

interface Override {
  path: readonly string[];
  /** As written after the "=", separated by commas. */
  values: readonly unknown[];
}

/** "train.images=20000": a path in the sweep file and a value as written there. Throws 'request.invalid'. */
function parseOverride(text: string): Override {
  const at = text.indexOf('=');
  const path = text.slice(0, Math.max(0, at)).trim().split('.');
  const { value, problems } = readText(`[${text.slice(at + 1)}]`);
  if (at < 1 || path.includes('') || problems.length > 0 || !Array.isArray(value) || value.length === 0) {
    throw new ElucidateError('request.invalid', `--set ${text} is not understood; write a path in the sweep file and a value as written there: --set train.images=20000, --set steps=5,10 or --set 'sampler={kind: heun}'`);
  }
  const isParameter = path.length === 1 && (parameterNames as readonly string[]).includes(path[0]!);
  return { path: isParameter ? ['parameters', ...path] : path, values: value as unknown[] };
}

/** A parameter takes one value, or several to vary; anything else one value, or a list. */
function written({ path, values }: Override): unknown {
  const [first] = values;
  const axis = path[0] === 'parameters' && path.length === 2;
  if (axis && values.length === 1 && isRecord(first) && ['value', 'values'].some((key) => Object.hasOwn(first, key))) return first;
  const listed = values.length === 1 && Array.isArray(first) ? (first as unknown[]) : values;
  if (axis) return listed.length === 1 ? { value: listed[0] } : { values: listed };
  return values.length === 1 ? first : values;
}

function set(record: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  const { [key!]: old, ...others } = isRecord(record) ? record : {};
  const changed = rest.length === 0 ? value : set(old, rest, value);
  return changed === null ? others : { ...others, [key!]: changed };
}

/** The paths that overrides set. */
export const overriddenPaths = (overrides: readonly string[]): string[] => overrides.map((text) => parseOverride(text).path.join('.'));

/**
 * A sweep file with what the command line says of it: `train.images=20000`, `steps=5,10` for a parameter, `where=null` to leave out a key. The values are
 * checked with the rest of the file; the overrides stay in it, under `overrides`, as a record. Throws 'request.invalid'.
 */
export function withOverrides(document: unknown, overrides: readonly string[]): unknown {
  if (overrides.length === 0 || !isRecord(document)) return document;
  const changed = overrides.map(parseOverride).reduce<unknown>((result, override) => set(result, override.path, written(override)), document);
  const before = Array.isArray(document['overrides']) ? (document['overrides'] as unknown[]) : [];
  return { ...(changed as Members), overrides: [...before, ...overrides] };
}
