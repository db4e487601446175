import type { IncomingMessage } from 'node:http';

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
 * Why a request is rejected because of its origin, or undefined if it is allowed.
 * A server on loopback rejects every request, reads included, whose host name is neither loopback nor allowed: a foreign name can be
 * pointed at 127.0.0.1 (DNS rebinding) and its pages could read every result. A page of another site can make a browser post here; the Origin header reveals it.
 */
export function originFault({ method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>, { host, allowedHosts }: OriginRule): string | undefined {
  const named = headers.host ?? '';
  const own = loopback.test(nameOf(named)) || allowedHosts.includes(nameOf(named));
  if (loopback.test(host) && !own) {
    return `Host ${named} is not a name of this server; call it by 127.0.0.1 or localhost, or list the name in ALLOWED_HOSTS`;
  }
  if (safe.has(method)) return undefined;
  const { origin } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'cross-site' ? 'The request comes from a page of another site' : undefined;
  const sameOrigin = URL.canParse(origin) && new URL(origin).host === named.toLowerCase();
  return sameOrigin ? undefined : `Origin ${origin} may not change anything at ${named}; only pages of this server may`;
}
