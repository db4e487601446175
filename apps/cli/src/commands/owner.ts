import { plural } from '@elucidate/experiment/plural';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import { homeOf } from '@elucidate/shell/home';
import type { OwnerRow } from '@elucidate/store/queries/owners';
import type { Queryable } from '@elucidate/store/queryable';
import { openLocalStore } from '../local-store.js';

/** Uses the database itself, as keys do. */
async function withDatabase<T>(use: (db: Queryable, owners: typeof import('@elucidate/store/queries/owners')) => Promise<T>): Promise<T> {
  const [{ store, close }, owners] = await Promise.all([openLocalStore(homeOf()), import('@elucidate/store/queries/owners')]);
  return use(store.db, owners).finally(close);
}

const line = ({ owner, weight, running }: OwnerRow): string => `${printable(owner)}  weight ${weight}, ${plural(running, 'sweep')} running`;

/** Everybody who has a sweep or a key. */
export async function listOwners({ json = false }: { json?: boolean }): Promise<void> {
  const owners = await withDatabase((db, { listOwners: list }) => list(db));
  console.log(json ? jsonOf(owners) : owners.map(line).join('\n') || 'No owners: there is no sweep and no key.');
}

/** Changes an owner's share among owners. */
export async function weighOwner(owner: string, weight: number, { json = false }: { json?: boolean }): Promise<void> {
  const weighed = await withDatabase((db, owners) => owners.weighOwner(db, owner, weight));
  console.log(json ? jsonOf(weighed) : line(weighed));
}
