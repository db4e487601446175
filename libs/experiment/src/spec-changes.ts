import { canonical } from './canonical.js';

/** Where two sweeps differ, and in what: the values of a list, else the one value. */
export interface SpecChange {
  /** "parameters.steps", "seeds.train". */
  path: string;
  removed: unknown[];
  added: unknown[];
}

type Members = Readonly<Record<string, unknown>>;

/** A record that is a value by itself (`{kind: heun}`) is not looked into, nor is one that is written out by its name. */
const isGroup = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value) && !('name' in value);

const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

function without(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  const there = new Set(other.map(canonical));
  return list.filter((value) => !there.has(canonical(value)));
}

function changesAt(path: string, before: unknown, after: unknown): SpecChange[] {
  if (isGroup(before) && isGroup(after)) {
    // the values of an axis are the parameter's
    const own = (key: string): string => (path.startsWith('parameters.') && key === 'values' ? path : `${path}.${key}`);
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => changesAt(own(key), before[key], after[key]));
  }
  const [was, is] = [listOf(before), listOf(after)];
  const change = { path, removed: without(was, is), added: without(is, was) };
  return change.removed.length + change.added.length === 0 ? [] : [change];
}

/** What a sweep file changes of another; both with defaults filled in. Order does not count. */
export function specChanges(before: object, after: object): SpecChange[] {
  const [was, is] = [before, after] as [Members, Members];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) => changesAt(key, was[key], is[key]));
}
