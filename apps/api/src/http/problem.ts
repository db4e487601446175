import { HttpException } from '@nestjs/common';
import { ElucidateError } from '@elucidate/experiment/errors';
import { STATUS_CODES } from 'node:http';
import type { ProblemDocument } from '../schemas/problem.js';
import { maxBodyBytes } from './spec-body.js';

const typeOf = (code: string) => `urn:elucidate:problem:${code}`;

/** Codes for requests that the HTTP layer rejects before our code runs. */
const codeOfStatus: Readonly<Record<number, string>> = {
  400: 'request.invalid', 403: 'request.forbidden', 404: 'not_found', 406: 'request.not_acceptable',
  413: 'spec.too_large', 415: 'request.unsupported',
};

function document(status: number, code: string, detail: string): ProblemDocument {
  return { type: typeOf(code), title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/**
 * An error as an RFC 9457 problem document. An internal error becomes a bare 500 with an `errorId`, under which the log
 * has the cause.
 */
export function toProblem(error: unknown, errorId: string): ProblemDocument {
  if (error instanceof ElucidateError && (error.status < 500 || error.status === 503)) {
    const problem = document(error.status, error.code, error.message);
    return error.problems.length === 0 ? problem : { ...problem, problems: [...error.problems] };
  }
  if (error instanceof HttpException && error.getStatus() < 500) {
    const status = error.getStatus();
    const detail = status === 413 ? `The body is larger than ${maxBodyBytes} bytes, the limit for a sweep file; list the values of each parameter, not every cell` : error.message;
    return document(status, codeOfStatus[status] ?? 'request.invalid', detail);
  }
  const code = error instanceof ElucidateError ? error.code : 'internal';
  const status = error instanceof ElucidateError ? error.status : 500;
  return { ...document(status, code, `Internal error; the server's log has the cause under ${errorId}.`), errorId };
}
