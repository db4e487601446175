import { trajectoryGroup, trajectoryPlots, type TrajectoryPlot, type TrajectoryTrial } from '@elucidate/experiment/trajectory-plot';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import { rows, type Queryable } from '../queryable.js';
import { scoreBases } from './score-bases.js';

/** The trajectories that were scored of a sweep's first `cells` cells, in the order of its grid. */
const trajectories = (db: Queryable, { sweepId, cells }: { sweepId: string; cells: number }): Promise<TrajectoryTrial[]> => rows(db, `
  select c.id as "cellId", c.config, regexp_replace(m.name, '_trajectory$', '') as metric, m.n, m.evaluator, t.train_seed as "trainSeed", t.sample_seed as "sampleSeed",
    l.details->'sigmas' as sigmas, m.details->'values' as "values"
  from trials t
  join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id
  join trial_stages score on score.trial_id = t.id and score.role = 'score'
  join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'
  join metrics m on m.stage_id = score.stage_id and m.name ~ '_trajectory$'
  join metrics l on l.stage_id = sample.stage_id and l.name = 'noise_levels_out_of_range'
  where t.sweep_id = $1 and c.position < $2 order by m.name, c.position, t.train_seed, t.sample_seed`, [sweepId, cells]);

/** The trajectories of a sweep, a picture for each metric; of its first `cells` configurations. None where nothing was scored along them. */
export async function sweepTrajectories(db: Queryable, { sweepId, cells = 200 }: { sweepId: string; cells?: number }): Promise<TrajectoryPlot[]> {
  const trials = await trajectories(db, { sweepId, cells });
  const [sweep] = await rows<{ name: string; configurations: number }>(db, 'select name, (select count(*)::integer from cells where sweep_id = $1) as configurations from sweeps where id = $1', [sweepId]);
  const { configurations = 0 } = sweep ?? {};
  const bases = new Map<string, readonly ScoreBasis[]>();
  for (const trial of trials) {
    const group = trajectoryGroup(trial);
    if (!bases.has(group)) bases.set(group, await scoreBases(db, { sweepId, cellId: trial.cellId, evaluator: trial.evaluator ?? '', images: trial.n ?? 0 }, () => null));
  }
  const basisOf = (trial: TrajectoryTrial): ScoreBasis | null => bases.get(trajectoryGroup(trial))?.find(({ metric }) => metric === trial.metric) ?? null;
  return trajectoryPlots(trials, { sweepId, sweepName: sweep?.name ?? sweepId, cut: configurations > cells, configurations, basisOf });
}
