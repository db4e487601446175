import { rows, type Queryable } from '../queryable.js';
import { summarise } from './summaries.js';

/** A training run that is done, and the configuration and seed that need it first. */
export interface TrainingRun {
  stageId: string;
  /** Artifact of its losses. */
  hash: string;
  trainSeed: number;
  config: Record<string, unknown>;
}

interface Found extends TrainingRun {
  done: number;
}

/**
 * The training runs of a sweep that are done and recorded their losses, in the order of its plan, up to a limit, and how many are done. Reads those alone,
 * and of each the trials that it serves, however many stages the sweep has.
 */
export async function trainingRuns(db: Queryable, { sweepId, limit }: { sweepId: string; limit: number }): Promise<{ sweepName: string; runs: TrainingRun[]; done: number }> {
  await summarise(db, sweepId);
  const [sweep] = await rows<{ name: string }>(db, 'select name from sweeps where id = $1', [sweepId]);
  const found = await rows<Found>(db, `
    select run.stage_id as "stageId", o.hash, first.train_seed as "trainSeed", c.config,
      coalesce((select stages from stage_counts where sweep_id = $1 and kind = 'train' and state = 'done'), 0) as done
    from (select stage_id, position from sweep_stages where sweep_id = $1 and trained order by position limit $2) run
    join stage_outputs o on o.stage_id = run.stage_id and o.name = 'losses'
    cross join lateral (
      select t.cell_id, t.train_seed
      from (select trial_id from trial_stages where stage_id = run.stage_id and role = 'train' order by trial_id offset 0) ts
      join trials t on t.id = ts.trial_id and t.sweep_id = $1 order by ts.trial_id limit 1) first
    join cells c on c.sweep_id = $1 and c.id = first.cell_id
    order by run.position`, [sweepId, limit]);
  return { sweepName: sweep?.name ?? sweepId, runs: found.map(({ stageId, hash, trainSeed, config }) => ({ stageId, hash, trainSeed, config })), done: found[0]?.done ?? 0 };
}
