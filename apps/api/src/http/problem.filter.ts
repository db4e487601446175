import { jsonOf } from '@elucidate/experiment/printable';
import { Catch, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { toProblem } from './problem.js';

/** What else a client needs to know: how to authenticate, when to come back. */
const headersOf: Readonly<Record<number, Readonly<Record<string, string | readonly string[]>>>> = {
  // a header each: Chromium reads only the first challenge of one, and would not ask for a password
  401: { 'www-authenticate': ['Basic realm="elucidate"', 'Bearer realm="elucidate"'] },
  429: { 'retry-after': '60' },
  503: { 'retry-after': '5' },
};

/** Responds to every failed request, unknown routes included, with application/problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const errorId = randomUUID();
    const problem = toProblem(error, errorId);
    if (problem.errorId !== undefined) this.log.error(`${errorId} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    for (const name of ['etag', 'cache-control', 'content-length']) response.removeHeader(name);
    for (const [name, value] of Object.entries(headersOf[problem.status] ?? {})) if (!response.hasHeader(name)) response.setHeader(name, value);
    response.writeHead(problem.status, { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(jsonOf(problem, 0));
  }
}
