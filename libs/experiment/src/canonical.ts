import { digest } from './digest.js';
import { ElucidateError } from './errors.js';
import type { StageKind } from './stages.js';

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new ElucidateError('spec.invalid', `${value} has no canonical text; use finite numbers only`);
  return String(value === 0 ? 0 : value);
}

/**
 * A unique text for each value: keys sorted by UTF-16 code unit, no spaces, shortest number text, -0 as 0, undefined members
 * dropped. Follows RFC 8785. Throws where JSON would change the value silently: NaN, Infinity, undefined in a list,
 * functions, bigint.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object') {
    const record = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(record).filter((key) => record[key] !== undefined).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`).join(',')}}`;
  }
  throw new ElucidateError('spec.invalid', `A ${typeof value} has no canonical text; use null, booleans, numbers, text, lists and records`);
}

/** sha256 of the canonical text, as 64 hex digits: equal exactly for equal values. */
export function contentId(value: unknown): string {
  return digest(canonical(value));
}

/** A `canonical` for immutable values: it caches the text of every record and list. */
export function remembered(): (value: unknown) => string {
  const texts = new Map<unknown, string>();
  return (value) => {
    if (typeof value !== 'object' || value === null) return canonical(value);
    const text = texts.get(value) ?? canonical(value);
    texts.set(value, text);
    return text;
  };
}

/** Records that differ only in some keys, to be written one after another. */
export interface RecordForm<K extends string> {
  /** Their common members. */
  fixed: Readonly<Record<string, unknown>>;
  /** The keys on which they differ. */
  varying: readonly K[];
}

/** Writes such records as `canonical` does: common members are converted once, varying members by `textOf`. */
export function recordWriter<K extends string>({ fixed, varying }: RecordForm<K>, textOf: (member: unknown) => string): (record: { readonly [P in K]?: unknown }) => string {
  const varies = new Set<string>(varying);
  const slots: { before: string; key: K }[] = [];
  let text = '';
  for (const key of [...new Set([...Object.keys(fixed), ...varying])].sort()) {
    if (varies.has(key)) {
      slots.push({ before: text, key: key as K });
      text = '';
    } else if (fixed[key] !== undefined) text += `,${JSON.stringify(key)}:${textOf(fixed[key])}`;
  }
  const heads = slots.map(({ before, key }) => ({ before, key, head: `,${JSON.stringify(key)}:` }));
  return (record) => {
    let written = '';
    for (const { before, key, head } of heads) {
      const member: unknown = record[key];
      written += member === undefined ? before : before + head + textOf(member);
    }
    return `{${(written + text).slice(1)}}`;
  };
}

/** Everything that names a stage, and nothing else: see design decision 2. */
export interface StageName {
  kind: StageKind;
  codeVersion: number;
  params: unknown;
  /** input name -> stage id. */
  inputs: Readonly<Record<string, string>>;
}

/** The name of a stage: two stages with the same kind, code version, params and inputs are the same stage. */
export function stageId({ kind, codeVersion, params, inputs }: StageName): string {
  return contentId({ kind, codeVersion, params, inputs });
}
