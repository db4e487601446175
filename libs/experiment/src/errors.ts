/** Every code an ElucidateError may carry: its HTTP status, and whether retrying the same stage can help. */
export const errorCodes = {
  'spec.invalid': { status: 422, retryable: false },
  'spec.too_large': { status: 413, retryable: false },
  'request.invalid': { status: 400, retryable: false },
  'request.conflict': { status: 409, retryable: false },
  'request.too_large': { status: 413, retryable: false },
  'request.precondition_required': { status: 428, retryable: false },
  'request.unauthorized': { status: 401, retryable: false },
  'request.forbidden': { status: 403, retryable: false },
  'request.not_acceptable': { status: 406, retryable: false },
  'request.unsupported': { status: 415, retryable: false },
  'request.too_many': { status: 429, retryable: true },
  'not_found': { status: 404, retryable: false },
  'sweep.ended': { status: 409, retryable: false },
  'sweep.changed': { status: 412, retryable: false },
  'server.busy': { status: 503, retryable: true },
  'lease.stale': { status: 409, retryable: false },
  'stage.input_missing': { status: 500, retryable: true },
  'stage.input_failed': { status: 500, retryable: false },
  'stage.diverged': { status: 500, retryable: false },
  'stage.crashed': { status: 500, retryable: true },
  'stage.stalled': { status: 500, retryable: true },
  'stage.lease_expired': { status: 500, retryable: true },
  'stage.failed': { status: 500, retryable: false },
  'stage.interrupted': { status: 503, retryable: true },
  'program.unavailable': { status: 500, retryable: true },
  'program.needs_missing': { status: 500, retryable: true },
  'data.missing': { status: 500, retryable: false },
  'data.corrupt': { status: 500, retryable: false },
  'artifact.missing': { status: 404, retryable: true },
  'artifact.corrupt': { status: 500, retryable: false },
  'artifact.unshared': { status: 500, retryable: true },
  'folder.unusable': { status: 500, retryable: true },
  'disk.full': { status: 507, retryable: true },
  'process.unstartable': { status: 500, retryable: true },
  'code.absent': { status: 500, retryable: true },
  'engine.absent': { status: 500, retryable: false },
  'engine.out_of_memory': { status: 500, retryable: true },
  'engine.thread_lost': { status: 500, retryable: true },
  'engine.out_of_device_memory': { status: 500, retryable: false },
  'engine.lost': { status: 500, retryable: true },
  'database.unreachable': { status: 503, retryable: true },
  'database.outdated': { status: 503, retryable: false },
  'database.unsuitable': { status: 503, retryable: false },
  'queue.unreachable': { status: 503, retryable: true },
  'api.unreachable': { status: 503, retryable: true },
  'embedded.unavailable': { status: 500, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

/** One problem in outside input: where it is, the value found, what was expected, the nearest valid word. */
export interface Problem {
  /** JSON-path-like location, "parameters.schedule.values[1].kind"; "" is the whole document. */
  path: string;
  /** The offending value as short JSON text. */
  value: string;
  expected: string;
  /** Nearest valid word, when one is near. */
  nearest?: string;
  /** Of the text, from 1; absent for what does not come from a text. */
  line?: number;
}

export interface ErrorOptions {
  cause?: unknown;
  problems?: readonly Problem[];
  details?: Readonly<Record<string, unknown>>;
}

/** The one error type of the project; its message names the thing, the value and the remedy. */
export class ElucidateError extends Error {
  override readonly name = 'ElucidateError';
  readonly problems: readonly Problem[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(readonly code: ErrorCode, message: string, { cause, problems = [], details = {} }: ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.problems = problems;
    this.details = details;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}
