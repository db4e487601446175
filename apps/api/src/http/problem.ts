import { HttpException } from '@nestjs/common';
import { ElucidateError } from '@elucidate/experiment/errors';
import { STATUS_CODES } from 'node:http';
import type { ProblemDocument } from '../schemas/problem.js';
import { maxBodyBytes } from './spec-body.js';

const typeOf = (code: string) => `urn:elucidate:problem:${code}`;

/** Codes for what the HTTP layer itself refuses, before any of our code runs. */
const codeOfStatus: Readonly<Record<number, string>> = {
  400: 'request.invalid', 403: 'request.forbidden', 404: 'not_found', 406: 'request.not_acceptable',
  413: 'spec.too_large', 415: 'request.unsupported',
};

function document(status: number, code: string, detail: string): ProblemDocument {
  return { type: typeOf(code), title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/**
 * An error as an RFC 9457 problem document. What is not an ElucidateError and not the client's fault becomes a bare 500
 * that carries `errorId` and nothing of the error: the log has the rest.
 */
export function toProblem(error: unknown, errorId: string): ProblemDocument {
  if (error instanceof ElucidateError && (error.status < 500 || error.status === 503)) {
    const problem = document(error.status, error.code, error.message);
    return error.problems.length === 0 ? problem : { ...problem, problems: [...error.problems] };
  }
  if (error instanceof HttpException && error.getStatus() < 500) {
    const status = error.getStatus();
    const detail = status === 413 ? `The body is larger than ${maxBodyBytes} bytes, the most a sweep file may have here; name the values that differ, not every cell` : error.message;
    return document(status, codeOfStatus[status] ?? 'request.invalid', detail);
  }
  const code = error instanceof ElucidateError ? error.code : 'internal';
  const status = error instanceof ElucidateError ? error.status : 500;
  return { ...document(status, code, `Something failed here; the server's log has it under ${errorId}.`), errorId };
}
