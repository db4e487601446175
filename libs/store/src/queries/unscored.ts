import { notRequestedText, unscoredText, type Unscored } from '@elucidate/experiment/unscored';
import { rows, type Queryable } from '../queryable.js';
import { isDiverged } from './diverged-trials.js';
import { metricsOfSweep } from './metrics.js';

/** A configuration diverged if a stage that one of its trials needs did, or a score is not a number. */
const counts = `
  with diverged as (
    select cell_id from cell_estimates where sweep_id = $1 and diverged > 0
    union select t.cell_id from sweep_stages ss join stages s on s.id = ss.stage_id
      join trial_stages ts on ts.stage_id = s.id join trials t on t.id = ts.trial_id and t.sweep_id = ss.sweep_id
      where ss.sweep_id = $1 and ss.counted = 'failed' and ${isDiverged}),
  whole as (select distinct cell_id from cell_estimates where sweep_id = $1 and metric = $2 and diverged = 0 and count = trials)
  select count(*)::integer as configurations, count(d.cell_id)::integer as diverged, count(*) filter (where d.cell_id is null and w.cell_id is null)::integer as lacking
  from cells c left join diverged d on d.cell_id = c.id left join whole w on w.cell_id = c.id where c.sweep_id = $1`;

/** The end of "Sweep 1a has no fid": why, and what can be done. `asked`: a metric's key, by default the first that the sweep requests. Of a sweep that has ended it reads every stage that failed. */
export async function unscored(db: Queryable, sweepId: string, asked?: string): Promise<string> {
  const [sweep] = await rows<Pick<Unscored, 'state'>>(db, 'select state from sweeps where id = $1', [sweepId]);
  const requested = await metricsOfSweep(db, sweepId);
  const metric = asked ?? requested[0]!;
  if (!requested.includes(metric)) return notRequestedText(metric, requested);
  if (sweep === undefined || sweep.state === 'running') return unscoredText({ sweepId, state: 'running', configurations: 0, diverged: 0, lacking: 0 });
  const [found] = await rows<Pick<Unscored, 'configurations' | 'diverged' | 'lacking'>>(db, counts, [sweepId, metric]);
  return unscoredText({ sweepId, state: sweep.state, ...found! });
}
