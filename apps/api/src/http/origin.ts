import type { IncomingMessage, ServerResponse } from 'node:http';
import { ElucidateError } from '@elucidate/experiment/errors';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export interface OriginRule {
  /** The address listened on. */
  host: string;
  /** Lower-case names allowed besides loopback ones. */
  allowedHosts: readonly string[];
}

/** The name in a Host header, without its port; lower case. */
const nameOf = (host: string) => host.toLowerCase().replace(/:\d+$/, '');

/**
 * Why this request may not change anything, or undefined when it may.
 * A page of another site can make a browser post here: its Origin tells. A server on loopback also refuses names that
 * are not loopback's, for a foreign name can be pointed at 127.0.0.1 (DNS rebinding).
 */
export function originFault(request: Pick<IncomingMessage, 'method' | 'headers'>, { host, allowedHosts }: OriginRule): string | undefined {
  if (safe.has(request.method ?? 'GET')) return undefined;
  const named = request.headers.host ?? '';
  const own = loopback.test(nameOf(named)) || allowedHosts.includes(nameOf(named));
  if (loopback.test(host) && !own) {
    return `Host ${named} is not a name of this server; call it by 127.0.0.1 or localhost, or list the name in ALLOWED_HOSTS`;
  }
  const { origin } = request.headers;
  if (origin === undefined) return request.headers['sec-fetch-site'] === 'cross-site' ? 'The request comes from a page of another site' : undefined;
  const sameOrigin = URL.canParse(origin) && new URL(origin).host === named.toLowerCase();
  return sameOrigin ? undefined : `Origin ${origin} may not change anything at ${named}; only pages of this server may`;
}

/** Middleware: refuses what originFault names, and sets the headers every answer carries. */
export function guardOrigin(rule: OriginRule) {
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('x-frame-options', 'DENY');
    response.setHeader('content-security-policy', "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    const fault = originFault(request, rule);
    next(fault === undefined ? undefined : new ElucidateError('request.forbidden', fault));
  };
}
