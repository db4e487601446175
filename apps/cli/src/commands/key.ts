import { jsonOf, printable } from '@elucidate/experiment/printable';
import { scopes, type Scope } from '@elucidate/store/principal';
import type { ApiKeyRow } from '@elucidate/store/queries/api-keys';
import type { Queryable } from '@elucidate/store/queryable';
import { homeOf } from '@elucidate/shell/home';
import { openLocalStore } from '../local-store.js';

/** Uses the database itself: anyone who can open it needs no key. */
async function withDatabase<T>(use: (db: Queryable, keys: typeof import('@elucidate/store/queries/api-keys')) => Promise<T>): Promise<T> {
  const [{ store, close }, keys] = await Promise.all([openLocalStore(homeOf()), import('@elucidate/store/queries/api-keys')]);
  return use(store.db, keys).finally(close);
}

export interface CreateKeyOptions {
  owner: string;
  scope: Scope;
  note?: string;
  json?: boolean;
}

/** Makes a key and prints it, once. */
export async function createKey({ json = false, ...key }: CreateKeyOptions): Promise<void> {
  const made = await withDatabase((db, keys) => keys.createApiKey(db, key));
  if (json) {
    console.log(jsonOf(made));
    return;
  }
  console.log(made.key);
  console.error(`The key of ${made.owner}, scope ${made.scope}. It is not shown again: set ELUCIDATE_KEY to it, or send it as \`Authorization: Bearer\`. From now on every API on this database requires a key, unless it is open.`);
}

const scopeWidth = Math.max(...scopes.map(({ length }) => length));
const header = `${'id'.padEnd(8)}  ${'scope'.padEnd(scopeWidth)}  ${'created'.padEnd(16)}  owner`;

const line = ({ id, owner, scope, note, createdAt, revokedAt }: ApiKeyRow): string =>
  `${id}  ${scope.padEnd(scopeWidth)}  ${createdAt.slice(0, 16)}  ${revokedAt === null ? '' : `revoked ${revokedAt.slice(0, 16)}  `}${owner}${note === null ? '' : `  ${note}`}`;

/** Every key, without its secret. */
export async function listKeys({ json = false }: { json?: boolean }): Promise<void> {
  const keys = await withDatabase((db, { listApiKeys }) => listApiKeys(db));
  console.log(json ? jsonOf(keys) : keys.length > 0 ? [header, ...keys.map(line)].map(printable).join('\n') : 'No keys: an API on loopback does everything for everyone on this machine, and one on a network does not start.');
}

/** Ends a key. */
export async function revokeKey(id: string, { json = false }: { json?: boolean }): Promise<void> {
  const revoked = await withDatabase((db, keys) => keys.revokeApiKey(db, id));
  console.log(json ? jsonOf(revoked) : `Revoked ${revoked.id} of ${revoked.owner}.`);
}
