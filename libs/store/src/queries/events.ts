import { rows, type Queryable } from '../queryable.js';

export interface EventRow {
  /** Increasing, given when the event is first read; a reader resumes after the last id it saw. */
  id: number;
  /** null: concerns the whole installation. Of a deleted sweep there is one event, that of its deletion. */
  sweepId: string | null;
  /** The sweep's owner, also of a deleted one; null with the sweep. */
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
  // a deletion is written without its sweep, which would take it along; each part is in the order of an index
  const these = sweepId === undefined ? 'select * from events where id > $1' : `
    select * from events where id > $1 and sweep_id = $3
    union all select * from events where id > $1 and sweep_id is null and type = 'sweep.deleted' and data ->> 'sweepId' = $3`;
  return rows(db, `
    select e.id::double precision as id, coalesce(e.sweep_id, case when e.type = 'sweep.deleted' then e.data ->> 'sweepId' end) as "sweepId",
      case when e.type = 'sweep.deleted' then e.data ->> 'owner' else w.owner end as owner, e.type, e.data, e.at
    from (${these}) e left join sweeps w on w.id = e.sweep_id order by e.id limit $2`, [after, limit, ...(sweepId === undefined ? [] : [sweepId])]);
}

/** The id of the newest event that eventsAfter would return; 0 when there is none. */
export async function latestEventId(db: Queryable): Promise<number> {
  await numberEvents(db);
  const [found] = await rows<{ id: number | null }>(db, 'select max(id)::double precision as id from events');
  return found?.id ?? 0;
}
