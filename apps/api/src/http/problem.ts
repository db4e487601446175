import { HttpException } from '@nestjs/common';
import { databaseTrouble } from '@elucidate/dispatch/database-trouble';
import type { DatabaseTrouble } from '@elucidate/dispatch/database-trouble';
import { ElucidateError, errorCodes } from '@elucidate/experiment/errors';
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

const troubles: Readonly<Record<DatabaseTrouble, string>> = {
  connection: 'The database cannot be reached, or all connections to it are in use; try again in a few seconds',
  busy: 'The database is too busy to answer in time; try again in a few seconds',
  schema: 'The database has the schema of another version; restart this API in the version of the one that migrated it',
};

/** What an error of the database means to a client. Text with a NUL is refused where it enters; should some reach the database, it is the request that is wrong. */
function ofDatabase(error: unknown): Pick<ElucidateError, 'code' | 'message'> | undefined {
  const trouble = databaseTrouble(error);
  if (trouble !== undefined) return { code: trouble === 'schema' ? 'database.outdated' : 'database.unreachable', message: troubles[trouble] };
  const unstorable = ['22021', '22P05'].includes((error as { code?: string } | undefined)?.code ?? '');
  return unstorable ? { code: 'spec.invalid', message: 'The request has text that cannot be stored: a NUL character, or half of a surrogate pair' } : undefined;
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
  const known = ofDatabase(error);
  if (known !== undefined) return { ...document(errorCodes[known.code].status, known.code, known.message), errorId };
  const code = error instanceof ElucidateError ? error.code : 'internal';
  const status = error instanceof ElucidateError ? error.status : 500;
  return { ...document(status, code, `Internal error; the server's log has the cause under ${errorId}.`), errorId };
}
