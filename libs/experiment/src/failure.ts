import { ElucidateError } from './errors.js';
import type { ErrorCode, Problem } from './errors.js';

/** An ElucidateError as plain data, to be sent to another process or thread. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

export function failureFrom({ code, message, details, problems }: ElucidateError): Failure {
  return { code, message, details, problems };
}

/** Restores the ElucidateError from a failure. */
export function errorOf({ code, message, details, problems }: Failure): ElucidateError {
  return new ElucidateError(code, message, { details, problems });
}
