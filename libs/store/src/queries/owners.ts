import { ElucidateError } from '@elucidate/experiment/errors';
import { rows, type Queryable } from '../queryable.js';

/** An owner's share of the slots while others have work too. */
export interface OwnerRow {
  owner: string;
  /** Relative to other owners'; 1 at first. */
  weight: number;
  /** Sweeps that run. */
  running: number;
}

const known = 'select owner from sweeps union select owner from api_keys union select owner from owner_shares';

const owners = `
  select owner, coalesce((select o.weight from owner_shares o where o.owner = known.owner), 1) as weight,
    (select count(*)::int from sweeps w where w.owner = known.owner and w.state = 'running') as running
  from (${known}) known`;

/** Everybody who has, or had, a sweep or a key. */
export const listOwners = (db: Queryable): Promise<OwnerRow[]> => rows(db, `${owners} order by owner`);

/** Changes an owner's weight; stages that run go on. Throws 'not_found'. */
export async function weighOwner(db: Queryable, owner: string, weight: number): Promise<OwnerRow> {
  const [weighed] = await rows<{ owner: string }>(db, `
    with weighed as (
      insert into owner_shares as o (owner, weight) select owner, $2 from (${known}) known where owner = $1
      on conflict (owner) do update set weight = excluded.weight returning o.owner)
    select owner from weighed`, [owner, weight]);
  if (weighed === undefined) throw new ElucidateError('not_found', `There is no owner ${JSON.stringify(owner)}: no sweep and no key is theirs; \`elucidate owner list\` has all of them`);
  const [now] = await rows<OwnerRow>(db, `${owners} where owner = $1`, [owner]);
  return now!;
}
