import type { StageKind } from '@elucidate/experiment/stages';
import { isLive, isThere } from '../live-worker.js';
import { rows, type Queryable } from '../queryable.js';
import { needColumns } from '../stage-needs.js';

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

/** Whether a worker's problem p keeps it from a stage of need n: one of its whole environment or kind, or the lack of the stage's data set or of what its program needs. */
const prevents = `case when p ? 'dataset' then p -> 'dataset' = n.dataset when p ? 'program' then p -> 'program' = n.program else p -> 'kinds' ? n.kind end`;

/** What a running sweep waits for, if it is not for a free slot. */
export async function waitsOf(db: Queryable, sweepId: string): Promise<StageWait[]> {
  const waits = await rows<{ kind: StageKind; stages: number; takers: number; reasons: string[]; quarantined: string[] }>(db, `
    with ready as (
      select s.kind, ${needColumns.dataset} as dataset, ${needColumns.program} as program
      from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and ss.counted = 'ready' and s.state = 'ready' limit ${mostStages}),
    needs as (select kind, dataset, program, count(*)::int as stages from ready group by kind, dataset, program),
    live as (select kinds, set_aside from workers w where ${isLive('w')})
    select n.kind, n.stages, (select count(*)::int from live w where n.kind = any(w.kinds)) as takers,
      array(select distinct p ->> 'message' from live w, jsonb_array_elements(w.set_aside) p where n.kind = any(w.kinds) and ${prevents}) as reasons,
      array(select w.id || ' is quarantined, ' || (p ->> 'message') from workers w, jsonb_array_elements(w.set_aside) p
        where w.state = 'quarantined' and ${isThere('w')} and p -> 'kinds' ? n.kind) as quarantined
    from needs n
    where not exists (select from live w where n.kind = any(w.kinds) and not exists (select from jsonb_array_elements(w.set_aside) p where ${prevents}))
    order by n.kind`, [sweepId]);
  return waits.map(({ kind, stages, takers, reasons, quarantined }) => ({
    kind, stages, reason: [takers === 0 ? `no live worker takes ${kind} stages` : 'no live worker can run them', [...reasons, ...quarantined].join('; ')].filter((text) => text !== '').join(': '),
  }));
}
