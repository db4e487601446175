import { ElucidateError } from '@elucidate/experiment/errors';
import type { PlotCell } from '@elucidate/experiment/plot';
import { secondsOn, workOf, type PlotWork, type Seconds, type TrialSeconds, type WorkPath } from '@elucidate/experiment/plot-work';
import { rows, type Queryable } from '../queryable.js';
import { mostTrialCells } from './cell-trials.js';

const deviceOf = (stage: string): string => `concat_ws(', ', ${stage}.provenance->>'device', ${stage}.provenance->>'engine', (${stage}.provenance->>'threads') || case ${stage}.provenance->>'threads' when '1' then ' thread' else ' threads' end)`;
const secondsOf = (attempt: string): string => `extract(epoch from greatest(${attempt}.ended_at - ${attempt}.started_at, interval '0'))::double precision`;

/**
 * What the trials of some cells took: sampling by the attempt that generated the images; training by all attempts at the networks that a trial needs (its own, a
 * guide's, a noise-level estimator's), at averages of their weights and at levels optimised for them, since one that is interrupted goes on from a checkpoint. Found by
 * index, cell by cell.
 */
export const trialSeconds = (db: Queryable, sweepId: string, cells: readonly string[]): Promise<TrialSeconds[]> => rows(db, `
  select t.cell_id as "cellId", ${deviceOf('s')} as device, ${secondsOf('a')} as sample, trained.seconds as train
  from unnest($2::text[]) as given(cell_id)
  join trials t on t.sweep_id = $1 and t.cell_id = given.cell_id
  join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'
  join stages s on s.id = sample.stage_id and s.state = 'done' and s.provenance is not null
  join attempts a on a.stage_id = s.id and a.token = s.token and a.outcome = 'done'
  cross join lateral (
    select case when bool_and(${deviceOf('n')} = ${deviceOf('s')}) then sum(took.seconds) end as seconds
    from (select distinct stage_id from trial_stages where trial_id = t.id and role in ('train', 'guide', 'average', 'guideAverage', 'noise-level', 'levels')) needed
    join stages n on n.id = needed.stage_id
    cross join lateral (select sum(${secondsOf('tried')}) as seconds from attempts tried where tried.stage_id = n.id and tried.ended_at is not null) took) trained
  order by t.cell_id, t.train_seed, t.sample_seed`, [sweepId, cells]);

/** What configurations took, on the device that most of their trials ran on. Throws 'request.invalid' for more configurations than are read one by one. */
export async function measuredWork(db: Queryable, { sweepId, cells, path }: { sweepId: string; cells: readonly PlotCell[]; path: WorkPath }): Promise<{ cells: PlotCell[]; work: PlotWork | null }> {
  if (cells.length > mostTrialCells) throw new ElucidateError('request.invalid', `${path}: the durations of at most ${mostTrialCells} configurations are read, these are ${cells.length}; fix some of what varies with --fixed, or take nfe, which is counted for all`);
  const measured = await trialSeconds(db, sweepId, cells.map(({ cellId }) => cellId));
  const work = workOf(measured);
  const seconds = work === null ? new Map<string, Seconds>() : secondsOn(work.device, path, measured);
  return { work, cells: cells.map((cell) => ({ ...cell, seconds: seconds.get(cell.cellId) ?? null })) };
}
