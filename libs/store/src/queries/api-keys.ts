import { createHash, randomBytes } from 'node:crypto';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal, Scope } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';

/** A key as it is listed; the key itself is shown once, when it is made. */
export interface ApiKeyRow {
  /** 8 hex digits, the part of the key that names it. */
  id: string;
  owner: string;
  scope: Scope;
  note: string | null;
  createdAt: string;
  revokedAt: string | null;
}

export interface NewApiKey {
  owner: string;
  scope: Scope;
  /** What it is for. */
  note?: string | undefined;
}

const ownerShape = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** 256 random bits need no slow hash: there is nothing to guess. */
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

const columns = 'id, owner, scope, note, created_at as "createdAt", revoked_at as "revokedAt"';

/** Makes a key, "elu_1f0c77a2_" and 43 characters; only its hash is stored. Throws 'request.invalid' for an owner that is no name. */
export async function createApiKey(db: Queryable, { owner, scope, note }: NewApiKey): Promise<ApiKeyRow & { key: string }> {
  if (!ownerShape.test(owner)) throw new ElucidateError('request.invalid', `${JSON.stringify(owner)} cannot own sweeps; expected 1 to 64 letters, digits, dots, dashes, underscores or @, beginning with a letter or digit`);
  const id = randomBytes(4).toString('hex');
  const key = `elu_${id}_${randomBytes(32).toString('base64url')}`;
  const [made] = await rows<ApiKeyRow>(db, `
    with made as (insert into api_keys (id, owner, scope, note, hash) values ($1, $2, $3, $4, $5) returning *)
    select ${columns} from made`, [id, owner, scope, note ?? null, hashOf(key)]);
  return { ...made!, key };
}

/** Every key, revoked ones too, oldest first. */
export const listApiKeys = (db: Queryable): Promise<ApiKeyRow[]> => rows(db, `select ${columns} from api_keys order by api_keys.created_at, id`);

/** Ends a key, by its id or the key itself; requests with it are refused from now on. Throws 'not_found'. */
export async function revokeApiKey(db: Queryable, idOrKey: string): Promise<ApiKeyRow> {
  const id = idOrKey.replace(/^elu_([0-9a-f]{8})_.*$/, '$1');
  const [revoked] = await rows<ApiKeyRow>(db, `
    with revoked as (update api_keys set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = $1 returning *)
    select ${columns} from revoked`, [id]);
  if (revoked === undefined) throw new ElucidateError('not_found', `There is no key ${JSON.stringify(id)}; \`elucidate key list\` has all of them`);
  return revoked;
}

/** Whether a key was ever made: from then on an API that is not open requires one, also after the last is revoked. */
export async function hasApiKeys(db: Queryable): Promise<boolean> {
  const [found] = await rows<{ any: boolean }>(db, 'select exists (select from api_keys) as any');
  return found!.any;
}

/** On whose behalf a request with this key is made; null if it is unknown or revoked. */
export async function principalOfKey(db: Queryable, key: string): Promise<Principal | null> {
  const [found] = await rows<Principal>(db, 'select owner as id, scope from api_keys where hash = $1 and revoked_at is null', [hashOf(key)]);
  return found ?? null;
}
