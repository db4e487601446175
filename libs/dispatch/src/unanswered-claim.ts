import type { Store } from '@elucidate/store/store';
import { release } from './lease.js';
import type { QueueJob } from './queue.js';
import { rows } from './sql.js';

export interface Unanswered {
  stageId: string;
  workerId: string;
  /** The token under which this worker runs the stage, if it does. */
  held: number | undefined;
}

/** A claim whose answer did not arrive may have been made. Hands the stage back, uncounted, if this worker has it without knowing; returns its job. */
export async function handBackUnanswered(db: Store['db'], { stageId, workerId, held }: Unanswered): Promise<QueueJob[]> {
  const [claimed] = await rows<{ token: number }>(db, `select token::int from stages where id = $1 and worker_id = $2 and state = 'running'`, [stageId, workerId]);
  return claimed === undefined || claimed.token === held ? [] : release(db, { stageId, token: claimed.token });
}
