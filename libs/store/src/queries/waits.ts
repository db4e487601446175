import type { StageKind } from '@elucidate/experiment/stages';
import { rows, type Queryable } from '../queryable.js';

/** Ready stages of a sweep that no live worker can run now. */
export interface StageWait {
  kind: StageKind;
  /** How many of the stages looked at. */
  stages: number;
  /** What keeps the workers from running them. */
  reason: string;
}

/** Ready stages looked at: enough to name every reason. */
const mostStages = 200;

/** Whether a worker's problem p keeps it from a stage of need n: one of its whole environment or kind, or the lack of the stage's data set. */
const prevents = `case when p ? 'dataset' then p -> 'dataset' = n.dataset else p -> 'kinds' ? n.kind end`;

/** What a running sweep waits for, if it is not for a free slot. */
export async function waitsOf(db: Queryable, sweepId: string): Promise<StageWait[]> {
  const waits = await rows<{ kind: StageKind; stages: number; takers: number; reasons: string[]; quarantined: string[] }>(db, `
    with ready as (
      select s.kind, coalesce(s.params -> 'dataset', s.params -> 'extractor' -> 'dataset') as dataset
      from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and ss.counted = 'ready' and s.state = 'ready' limit ${mostStages}),
    needs as (select kind, dataset, count(*)::int as stages from ready group by kind, dataset),
    live as (select kinds, set_aside from workers where state = 'active' and seen_at > clock_timestamp() - interval '1 minute')
    select n.kind, n.stages, (select count(*)::int from live w where n.kind = any(w.kinds)) as takers,
      array(select distinct p ->> 'message' from live w, jsonb_array_elements(w.set_aside) p where n.kind = any(w.kinds) and ${prevents}) as reasons,
      array(select w.id || ' is quarantined, ' || (p ->> 'message') from workers w, jsonb_array_elements(w.set_aside) p
        where w.state = 'quarantined' and w.seen_at > clock_timestamp() - interval '1 minute' and p -> 'kinds' ? n.kind) as quarantined
    from needs n
    where not exists (select from live w where n.kind = any(w.kinds) and not exists (select from jsonb_array_elements(w.set_aside) p where ${prevents}))
    order by n.kind`, [sweepId]);
  return waits.map(({ kind, stages, takers, reasons, quarantined }) => ({
    kind, stages, reason: [takers === 0 ? `no live worker takes ${kind} stages` : 'no live worker can run them', [...reasons, ...quarantined].join('; ')].filter((text) => text !== '').join(': '),
  }));
}
