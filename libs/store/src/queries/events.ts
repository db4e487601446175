import { rows, type Queryable } from '../queryable.js';

export interface EventRow {
  /** Increasing, given when the event is first read; a reader resumes after the last id it saw. */
  id: number;
  /** null: concerns the whole installation. */
  sweepId: string | null;
  /** The sweep's owner; null with the sweep. */
  owner: string | null;
  type: string;
  data: Record<string, unknown>;
  at: string;
}

export interface EventsQuestion {
  sweepId?: string | undefined;
  /** 0 for all. */
  after: number;
  limit: number;
}

const atOnce = 10_000;

/** Numbers the events written since the last time; those of transactions still open are numbered when they have ended. */
async function numberEvents(db: Queryable): Promise<void> {
  for (;;) {
    const [{ numbered }] = await rows<{ numbered: number }>(db, 'select number_events($1) as numbered', [atOnce]) as [{ numbered: number }];
    if (numbered < atOnce) return;
  }
}

/** Events after one, oldest first. A reader that always continues from the last id it saw misses none and sees none twice. */
export async function eventsAfter(db: Queryable, { sweepId, after, limit }: EventsQuestion): Promise<EventRow[]> {
  await numberEvents(db);
  return rows(db, `
    select events.id::double precision as id, sweep_id as "sweepId", w.owner, type, data, at
    from events left join sweeps w on w.id = events.sweep_id where events.id > $1 and ($2::text is null or sweep_id = $2)
    order by events.id limit $3`, [after, sweepId ?? null, limit]);
}

/** The id of the newest event that eventsAfter would return; 0 when there is none. */
export async function latestEventId(db: Queryable): Promise<number> {
  await numberEvents(db);
  const [found] = await rows<{ id: number | null }>(db, 'select max(id)::double precision as id from events');
  return found?.id ?? 0;
}
