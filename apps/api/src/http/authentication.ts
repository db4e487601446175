import { createParamDecorator } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ElucidateError } from '@elucidate/experiment/errors';
import { may } from '@elucidate/store/access';
import { localPrincipal } from '@elucidate/store/principal';
import type { Principal, Scope } from '@elucidate/store/principal';
import { hasApiKeys, principalOfKey } from '@elucidate/store/queries/api-keys';
import type { Queryable } from '@elucidate/store/queryable';
import type { Env } from '../env.js';
import { safeMethods } from './origin.js';

/** A request whose caller is known. */
export interface CallerRequest extends IncomingMessage {
  principal?: Principal;
}

/** What reveals nothing about anybody's work needs no key: probes of the process, and what the API is. */
const keyless: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/openapi.json']);

/** Planning changes nothing. An edit with ?dryRun=true is still an edit of somebody's sweep, and needs what the edit does. */
const reads = ({ method = 'GET', url = '' }: IncomingMessage): boolean => safeMethods.has(method) || pathOf(url) === '/v1/sweeps/plan';

const pathOf = (url: string): string => url.split('?', 1)[0]!.replace(/(?<=.)\/$/, '');

/** The key of a request: the token of Bearer, or the password of Basic, which browsers ask their user for. Undefined: none. */
export function keyOf(authorization: string | undefined): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(credentials, 'base64').toString();
  return pair.slice(pair.indexOf(':') + 1);
}

export interface AuthenticationOptions {
  db: Queryable;
  env: Pick<Env, 'open' | 'programs'>;
}

/** On whose behalf a request is made. Throws 'request.unauthorized'. */
async function principalOf({ headers }: IncomingMessage, { db, env }: AuthenticationOptions): Promise<Principal> {
  const key = keyOf(headers.authorization);
  if (key !== undefined) {
    const principal = await principalOfKey(db, key);
    if (principal === null) throw new ElucidateError('request.unauthorized', 'The key is unknown or revoked; make another with `elucidate key create` where the database is');
    return principal;
  }
  if (env.open || !(await hasApiKeys(db))) return { ...localPrincipal, programs: env.programs };
  throw new ElucidateError('request.unauthorized', 'This API requires a key: send `Authorization: Bearer KEY` (the `elucidate` command sends ELUCIDATE_KEY, a browser the password that you enter); `elucidate key create`, where the database is, makes one');
}

/** Middleware: finds the principal of a request, and whether its scope includes the request. Fails with 'request.unauthorized', 'request.forbidden'. */
export const authenticate = (options: AuthenticationOptions) => (request: CallerRequest, _response: ServerResponse, next: (error?: unknown) => void): void => {
  admit(request, options).then(() => next(), next);
};

async function admit(request: CallerRequest, options: AuthenticationOptions): Promise<void> {
  if (keyless.has(pathOf(request.url ?? ''))) return;
  const principal = await principalOf(request, options);
  requireScope(principal, reads(request) ? 'read' : 'submit');
  request.principal = principal;
}

/** Throws 'request.forbidden' where a principal's scope does not include what a request needs. */
export function requireScope(principal: Principal, needed: Scope): void {
  if (!may(principal, needed)) throw new ElucidateError('request.forbidden', `The key of ${principal.id} has the scope ${principal.scope}; this request needs ${needed}`);
}

/** The caller of a request that was admitted. */
export function callerOf({ principal }: CallerRequest): Principal {
  if (principal === undefined) throw new Error('The request has not been authenticated');
  return principal;
}

/** The principal of the request. */
export const Caller = createParamDecorator((_, context) => callerOf(context.switchToHttp().getRequest<CallerRequest>()));
