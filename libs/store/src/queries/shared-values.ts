import type { StageKind } from '@elucidate/experiment/stages';
import { rows, type Queryable } from '../queryable.js';
import { varyingParameters } from './leaderboard-scope.js';

export interface SharedValue {
  parameter: string;
  value: unknown;
}

interface Question {
  sweepId: string;
  /** Stages that failed. */
  stageIds: readonly string[];
  kinds: readonly StageKind[];
}

/** The cells of stages s with their seeds; a stage that several cells share has the values of all of them. */
const factsOf = (stages: string): string => `
  select s.id, f.key, f.value from ${stages} s join trial_stages ts on ts.stage_id = s.id join trials t on t.id = ts.trial_id and t.sweep_id = $1
  join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id
  cross join lateral (
    select key, value from jsonb_each(c.config) where key = any($2)
    union all select * from (values ('trainSeed', to_jsonb(t.train_seed)), ('sampleSeed', to_jsonb(t.sample_seed))) seeds) f`;

/**
 * Values of the parameters that a sweep varies, and seeds, that each of these stages has, and no stage of the given kinds that is done. None where nothing
 * of these kinds is done: there is nothing to compare with.
 */
export async function sharedValues(db: Queryable, { sweepId, stageIds, kinds }: Question): Promise<SharedValue[]> {
  if (stageIds.length === 0) return [];
  const keys = [...(await varyingParameters(db, sweepId))];
  const shared = await rows<SharedValue>(db, `
    with failed as (select unnest($3::text[]) as id),
    fact as (select distinct id, key, value from (${factsOf('failed')}) facts)
    select key as parameter, value from fact group by key, value having count(*) = (select count(*) from failed) order by key, value`, [sweepId, keys, stageIds]);
  if (shared.length === 0) return [];
  const distinguishing = await rows<{ index: number }>(db, `
    select (given.place - 1)::int as index
    from jsonb_array_elements($2::jsonb) with ordinality as given(fact, place)
    where exists (select from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and s.state = 'done' and s.kind = any($3))
      and not exists (
        select from trials t join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id
        join trial_stages ts on ts.trial_id = t.id join stages s on s.id = ts.stage_id and s.state = 'done' and s.kind = any($3)
        where t.sweep_id = $1 and given.fact -> 'value' = case given.fact ->> 'parameter' when 'trainSeed' then to_jsonb(t.train_seed) when 'sampleSeed' then to_jsonb(t.sample_seed)
          else c.config -> (given.fact ->> 'parameter') end)`,
  [sweepId, JSON.stringify(shared), kinds]);
  return distinguishing.map(({ index }) => shared[index]!);
}
