import { rows, type Queryable } from '../queryable.js';

export interface EventRow {
  /** Increasing; a reader resumes after the last id it saw. */
  id: number;
  /** null: concerns the whole installation. */
  sweepId: string | null;
  type: string;
  data: Record<string, unknown>;
  at: string;
}

/** Its transaction is older than every open one: no event with a smaller id can still appear. */
const settled = 'xid < pg_snapshot_xmin(pg_current_snapshot())';

export interface EventsQuestion {
  sweepId?: string | undefined;
  /** 0 for all. */
  after: number;
  limit: number;
}

/** Events after one, oldest first. A reader that always continues from the last id it saw misses none. */
export const eventsAfter = (db: Queryable, { sweepId, after, limit }: EventsQuestion): Promise<EventRow[]> => rows(db, `
  select id::double precision as id, sweep_id as "sweepId", type, data, at
  from events where events.id > $1 and ($2::text is null or sweep_id = $2) and ${settled}
  order by events.id limit $3`, [after, sweepId ?? null, limit]);

/** The id of the newest event that eventsAfter would return; 0 when there is none. */
export async function latestEventId(db: Queryable): Promise<number> {
  const [found] = await rows<{ id: number }>(db, `select id::double precision as id from events where ${settled} order by events.id desc limit 1`);
  return found?.id ?? 0;
}
