import { byMetricOrder } from '@elucidate/experiment/metric-requests';
import { rows, type Queryable } from '../queryable.js';
import type { Ranking } from './leaderboard-cursor.js';

/** Whose scores: one sweep's, else those of an owner's sweeps, else all. */
export interface BoardScope {
  sweepId: string | null;
  owner: string | null;
}

/** What compares, the most images first, its complete cells before the others, each ranked by `metric` if it has that, by the first in table order that it has where none is named. */
export async function rankings(db: Queryable, { sweepId, owner }: BoardScope, metric: string | undefined): Promise<Ranking[]> {
  const groups = await rows<Omit<Ranking, 'metric' | 'complete'> & { metrics: string[] }>(db, `
    select evaluator, images, array_agg(distinct metric) as metrics from score_groups
    where ($1::text is null or sweep_id = $1) and ($2::text is null or sweep_id in (select id from sweeps where owner = $2))
    group by evaluator, images order by images desc, evaluator`, [sweepId, owner]);
  return groups.flatMap(({ evaluator, images, metrics }) => {
    const ranking = metric === undefined ? metrics.sort(byMetricOrder)[0] : metrics.find((known) => known === metric);
    return ranking === undefined ? [] : [true, false].map((complete) => ({ metric: ranking, evaluator, images, complete }));
  });
}

/** The keys of a configuration that a sweep may vary, by its spec: axes with several values, and whatever `include` names. Of all sweeps: none. */
export async function varyingParameters(db: Queryable, sweepId: string | undefined): Promise<ReadonlySet<string>> {
  if (sweepId === undefined) return new Set();
  const found = await rows<{ key: string }>(db, `
    select axis.key from sweeps w cross join lateral jsonb_each(case jsonb_typeof(w.spec->'parameters') when 'object' then w.spec->'parameters' else '{}' end) as axis
    where w.id = $1 and jsonb_array_length(case jsonb_typeof(axis.value->'values') when 'array' then axis.value->'values' else '[]' end) > 1
    union
    select jsonb_object_keys(entry) from sweeps w cross join lateral jsonb_array_elements(case jsonb_typeof(w.spec->'include') when 'array' then w.spec->'include' else '[]' end) as entry
    where w.id = $1 and jsonb_typeof(entry) = 'object'`, [sweepId]);
  return new Set(found.map(({ key }) => key));
}
