import { ElucidateError } from '@elucidate/experiment/errors';
import { bestMean } from '@elucidate/experiment/leaderboard';
import { firstMetric, metricOfKey } from '@elucidate/experiment/metric-requests';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import { sizeOf, sizePlot, type Extrapolated, type SizePlot } from '@elucidate/experiment/size-plot';
import { meanOf } from '@elucidate/statistics/trial';
import { rows, type Queryable } from '../queryable.js';
import { cellTrials } from './cell-trials.js';
import type { Ranking } from './leaderboard-cursor.js';
import { rankings } from './leaderboard-scope.js';
import { countRanked, rankedCells } from './ranked-cells.js';
import { scoreBases } from './score-bases.js';
import { summarise } from './summaries.js';
import { unscored } from './unscored.js';

interface SizesQuestion {
  sweepId: string;
  /** A metric's key, of which the name counts; by default the one that ranks. */
  metric?: string | undefined;
  /** Configurations drawn, the best. */
  top?: number;
}

/** Of these cells, the extrapolations of each trial by one evaluator, from all of so many images. */
const extrapolations = (db: Queryable, { sweepId, cellIds, evaluator, images }: { sweepId: string; cellIds: readonly string[]; evaluator: string; images: number }): Promise<(Extrapolated & { cellId: string })[]> => rows(db, `
  select distinct on (t.cell_id, t.train_seed, t.sample_seed) t.cell_id as "cellId", t.train_seed as "trainSeed", t.sample_seed as "sampleSeed", m.value,
    (m.details->>'low')::double precision as low, (m.details->>'high')::double precision as high, (m.details->>'expectedBias')::double precision as "expectedBias", m.details->'sizes' as sizes
  from trials t join trial_stages score on score.trial_id = t.id and score.role = 'score'
  join metrics m on m.stage_id = score.stage_id and m.name ~ '^fidinf(\\(|$)' and m.name !~ '_real$' and coalesce(m.evaluator, '') = $3 and m.n = $4::integer
  where t.sweep_id = $1 and t.cell_id = any($2) and abs(m.value) < 'Infinity' order by t.cell_id, t.train_seed, t.sample_seed, m.name`, [sweepId, cellIds, evaluator, images]);

/** The real-data baselines of a metric by n, at one cell that all compare with. */
async function baselines(db: Queryable, { sweepId, cellId, metric }: { sweepId: string; cellId: string; metric: string }, { evaluator, images }: Ranking): Promise<SizePlot['real']> {
  const found = await rows<{ key: string; value: number }>(db, `
    select metric as key, "real" as value from cell_estimates where sweep_id = $1 and cell_id = $2 and evaluator = $3 and images = $4 and "real" is not null`, [sweepId, cellId, evaluator, images]);
  return found.flatMap(({ key, value }) => {
    const n = sizeOf(key, metric, images);
    return n === null ? [] : [{ n, value }];
  }).sort((a, b) => b.n - a.n);
}

/** A metric of the best configurations of a sweep against the number of images. Bounded, whatever the size of the sweep. Throws 'not_found' where no configuration has it at two sizes. */
export async function sweepSizes(db: Queryable, { sweepId, metric: asked, top = 8 }: SizesQuestion): Promise<SizePlot> {
  await summarise(db, sweepId);
  const scope = { sweepId, owner: null };
  const [ranking] = await rankings(db, scope, asked);
  const metric = metricOfKey(ranking?.metric ?? asked ?? firstMetric)?.name ?? firstMetric;
  const best = ranking === undefined ? [] : await rankedCells(db, scope, { ranking, after: null, limit: top });
  const [first] = best;
  if (ranking === undefined || first === undefined) throw new ElucidateError('not_found', `Sweep ${sweepId} has no configuration with all its trials of ${asked ?? metric}${await unscored(db, sweepId, asked)}`);
  const { evaluator, images } = ranking;
  const cellIds = best.map(({ cellId }) => cellId);
  const configs = new Map((await rows<{ id: string; config: Record<string, unknown> }>(db, 'select id, config from cells where sweep_id = $1 and id = any($2)', [sweepId, cellIds])).map(({ id, config }) => [id, config]));
  const scores = await cellTrials(db, cellIds.map((cellId) => ({ sweepId, cellId, evaluator, images })));
  const extrapolated = metric === 'fid' ? await extrapolations(db, { sweepId, cellIds, evaluator, images }) : [];
  const [sweep] = await rows<{ name: string }>(db, 'select name from sweeps where id = $1', [sweepId]);
  const bases = await scoreBases(db, { sweepId, cellId: first.cellId, evaluator, images }, (key) => bestMean(key, scores.map((own) => own.get(key) ?? []).filter((trials) => trials.length > 0).map((trials) => ({ mean: meanOf(trials.map(({ value }) => value)) }))));
  const plot = sizePlot(cellIds.map((cellId, place) => ({ cellId, config: configs.get(cellId) ?? {}, scores: scores[place]!, extrapolated: extrapolated.filter((one) => one.cellId === cellId) })), {
    sweepId, sweepName: sweep?.name ?? sweepId, metric, images, real: await baselines(db, { sweepId, cellId: first.cellId, metric }, ranking),
    among: (await countRanked(db, scope, ranking)).ranked, basis: withExtrapolated(bases, metric),
  });
  if (plot.lines.length === 0) throw nothing(sweepId, metric);
  return plot;
}

/** What the picture rests on; FID also on what makes its extrapolation weak. */
function withExtrapolated(bases: readonly ScoreBasis[], metric: string): ScoreBasis | null {
  const basis = bases.find((one) => one.metric === metric);
  const extrapolated = metric === 'fid' ? bases.filter((one) => metricOfKey(one.metric)?.name === 'fidinf') : [];
  return basis === undefined ? null : { ...basis, weak: [...new Set([basis, ...extrapolated].flatMap(({ weak }) => weak))] };
}

const nothing = (sweepId: string, metric: string): ElucidateError =>
  new ElucidateError('not_found', `Sweep ${sweepId} has no configuration with all its trials of ${metric} at two numbers of images; add {kind: ${metric}, n: 256}${metric === 'fid' ? ', or fidinf,' : ''} to evaluate.metrics and run the file again: networks and images are reused`);
