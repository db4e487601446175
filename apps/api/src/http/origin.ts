import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { ElucidateError } from '@elucidate/experiment/errors';
import { isLoopback } from './loopback.js';

/** Methods that change nothing (RFC 9110, 9.2.1). */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface OriginRule {
  /** The address listened on. */
  host: string;
  /** Lower-case names allowed besides the server's own. */
  allowedHosts: readonly string[];
}

/** The name in a Host header, without its port and an IPv6 address's brackets; lower case. */
const nameOf = (host: string) => host.toLowerCase().replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/** Whether the server answers to a name. Off loopback also to addresses, which no foreign name can be pointed from, and to the machine's name. */
function answersTo(name: string, { host, allowedHosts }: OriginRule): boolean {
  if (isLoopback(name) || allowedHosts.includes(name)) return true;
  return !isLoopback(host) && (isIP(name) !== 0 || [hostname().toLowerCase(), host.toLowerCase()].includes(name));
}

/**
 * Why a request is rejected because of its origin, or undefined if it is allowed.
 * Every request, reads included, must call the server by a name of its own: a foreign name can be pointed at this server (DNS rebinding),
 * and its pages, then of the same origin, could read every result. A page of another site can make a browser post here; the Origin header reveals it.
 */
export function originFault({ method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>, rule: OriginRule): string | undefined {
  const named = headers.host ?? '';
  if (!answersTo(nameOf(named), rule)) return `Host ${named.slice(0, 100)} is not a name of this server; call it by its address or localhost, or list the name in ALLOWED_HOSTS`;
  if (safeMethods.has(method)) return undefined;
  const { origin } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'cross-site' ? 'The request comes from a page of another site' : undefined;
  const sameOrigin = URL.canParse(origin) && new URL(origin).host === named.toLowerCase();
  return sameOrigin ? undefined : `Origin ${origin.slice(0, 100)} may not change anything at ${named}; only pages of this server may`;
}

/** Middleware: rejects requests from disallowed origins, before anything of them is read. */
export const checkOrigin = (rule: OriginRule) => (request: IncomingMessage, _response: ServerResponse, next: (error?: unknown) => void): void => {
  const fault = originFault(request, rule);
  next(fault === undefined ? undefined : new ElucidateError('request.forbidden', fault));
};
