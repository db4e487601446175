import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { ElucidateError } from './errors.js';
import type { StageKind } from './stages.js';

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new ElucidateError('spec.invalid', `${value} has no canonical text; use finite numbers only`);
  return JSON.stringify(value === 0 ? 0 : value);
}

/**
 * One text for one value: keys sorted by UTF-16 code unit, no spaces, shortest number text, -0 as 0, undefined members
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
  return bytesToHex(sha256(utf8ToBytes(canonical(value))));
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
