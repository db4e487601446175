import { decidingFacts } from '@elucidate/experiment/deciding-facts';
import { labelOf } from '@elucidate/experiment/labels';
import type { Role, StageKind } from '@elucidate/experiment/stages';
import { rows, type Queryable } from '../queryable.js';
import { varyingParameters } from './leaderboard-scope.js';

interface Found {
  stageId: string;
  role: Role;
  config: Record<string, unknown>;
  trainSeed: number;
  sampleSeed: number;
}

/**
 * Of each stage of a sweep, the labels of the parameters that the sweep varies and the seeds that decide it. Any trial that has the stage tells them, so one
 * is read, however many share it. Empty for a stage that is the same for all.
 */
export async function stageValues(db: Queryable, sweepId: string, stages: readonly { id: string; kind: StageKind }[]): Promise<Map<string, Record<string, string>>> {
  const varying = [...(await varyingParameters(db, sweepId))];
  const decided = stages.filter(({ kind }) => factsOf(kind, varying).length > 0);
  const found = decided.length === 0 ? [] : await rows<Found>(db, `
    select given.id as "stageId", one.role, (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(c.config) where key = any($2)) as config,
      t.train_seed as "trainSeed", t.sample_seed as "sampleSeed"
    from unnest($1::text[]) as given(id)
    cross join lateral (select trial_id, role from trial_stages where stage_id = given.id limit 1) one
    join trials t on t.id = one.trial_id join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id`, [decided.map(({ id }) => id), varying]);
  return new Map(found.map(({ stageId, role, config, ...seeds }) => [stageId, Object.fromEntries(factsOf(role, varying).flatMap((fact): [string, string][] => {
    const value = { ...config, ...seeds }[fact];
    return value === undefined ? [] : [[fact, labelOf(fact, value)]];
  }))]));
}

/** In the order of the sweep's own file, then the seeds. */
function factsOf(role: Role, varying: readonly string[]): string[] {
  const facts = decidingFacts(role) as ReadonlySet<string>;
  return [...varying, 'trainSeed', 'sampleSeed'].filter((fact) => facts.has(fact));
}
