import type { Store } from '@elucidate/store/store';
import { release, type Lease } from './lease.js';
import type { QueueJob } from './queue.js';
import { rows } from './sql.js';

export interface Unanswered {
  workerId: string;
  /** The token under which this worker runs each of its stages. */
  held: ReadonlyMap<string, number>;
  /** Settles once the claims that are under way now have their answers. */
  pending(): Promise<unknown>;
}

/** A claim whose answer did not arrive may have been made. Hands back, uncounted, what this worker has leased without knowing; returns the jobs. */
export async function handBackUnanswered(db: Store['db'], { workerId, held, pending }: Unanswered): Promise<QueueJob[]> {
  const isUnknown = ({ stageId, token }: Lease): boolean => held.get(stageId) !== token;
  // the lease is there for the index of running stages
  const unknown = (await rows<Lease>(db, `select id as "stageId", token::int from stages where worker_id = $1 and state = 'running' and lease_expires_at is not null`, [workerId])).filter(isUnknown);
  if (unknown.length === 0) return [];
  // one of them may be what another claim's answer, on its way, has
  await pending();
  return (await Promise.all(unknown.filter(isUnknown).map((lease) => release(db, lease)))).flat();
}
