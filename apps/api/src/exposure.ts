import { ElucidateError } from '@elucidate/experiment/errors';
import { hasApiKeys } from '@elucidate/store/queries/api-keys';
import type { Queryable } from '@elucidate/store/queryable';
import type { Env } from './env.js';
import { isLoopback } from './http/loopback.js';

type ExposureEnv = Pick<Env, 'host' | 'open'>;

/** An API that other machines can reach requires keys, or was opened on purpose. Throws 'request.invalid' for one of which neither is true. */
export async function refuseUnprotected(db: Queryable, { host, open }: ExposureEnv): Promise<void> {
  if (isLoopback(host) || open || (await hasApiKeys(db))) return;
  throw new ElucidateError('request.invalid', `HOST is ${host}, so other machines can reach this API, and it has no keys. Create one with \`elucidate key create --owner NAME --scope admin\`, or let anyone who can reach it do everything: ELUCIDATE_OPEN=1, \`elucidate api --open\``);
}

const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** Where this machine reaches a server that listens on `host`. */
export function urlOn(host: string, port: number): string {
  return `http://${everywhere[host] ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
}

/** What the server listens on, and a warning where others reach it: "http://127.0.0.1:3210". */
export function exposureText({ host, open }: ExposureEnv, port: number): string {
  if (isLoopback(host)) return urlOn(host, port);
  const where = Object.hasOwn(everywhere, host) ? `port ${port} of every address of this machine (${host})` : urlOn(host, port);
  return `${where}. Other machines can reach it${open ? ', and it is OPEN: without a key they may read, submit, change and delete everything' : '; it requires a key, which travels unencrypted unless a proxy adds TLS'}`;
}
