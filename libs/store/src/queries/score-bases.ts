import { byMetricOrder, isMetricKey } from '@elucidate/experiment/metric-requests';
import { basisOf } from '@elucidate/experiment/basis-words';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import { factsOf, type RecordedEvaluator, type RecordedScore } from '@elucidate/experiment/score-facts';
import { rows, type Queryable } from '../queryable.js';
import type { ScoredCell } from './cell-trials.js';
import type { ComparableScores } from './comparable-scores.js';

interface Found extends Pick<RecordedScore, 'metric' | 'n' | 'config'> {
  evaluator: RecordedEvaluator | null;
  real: number | null;
  realN: number | null;
  margin: number | null;
}

/**
 * What scores that share an evaluator and a number of images rest on, a basis for each metric of one cell among them: read off one score stage of it. `best`
 * is the best score of a metric that stands beside it.
 */
export async function scoreBases(db: Queryable, { sweepId, cellId, evaluator, images }: ScoredCell, best: (metric: string) => number | null): Promise<ScoreBasis[]> {
  const found = await rows<Found>(db, `
    select distinct on (m.name) m.name as metric, m.n, m.details->'evaluator' as evaluator, r.value as real, r.n as "realN",
      case when m.name ~ '^fidinf' then ((m.details->>'high')::double precision - (m.details->>'low')::double precision) / 2 end as margin,
      jsonb_strip_nulls(jsonb_build_object('extractor', c.config->'extractor', 'dataset', c.config->'dataset')) as config
    from trials t
    join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id
    join trial_stages score on score.trial_id = t.id and score.role = 'score'
    join metrics m on m.stage_id = score.stage_id and coalesce(m.evaluator, '') = $3
    left join metrics r on r.stage_id = score.stage_id and r.name = m.name || '_real' and abs(r.value) < 'Infinity'
    where t.sweep_id = $1 and t.cell_id = $2 and $4 = (select coalesce(max(n), 0) from metrics where stage_id = score.stage_id and coalesce(evaluator, '') = $3)
    order by m.name, t.train_seed, t.sample_seed`, [sweepId, cellId, evaluator, images]);
  return found.filter(({ metric }) => isMetricKey(metric)).sort((a, b) => byMetricOrder(a.metric, b.metric)).map(({ real, realN, ...score }) =>
    basisOf(factsOf({ ...score, real: real === null ? null : { value: real, n: realN }, best: best(score.metric) }), evaluator === '' ? null : evaluator));
}

/** What the scores of one metric rest on that a table or a picture shows, of one cell among them; `best` is the best of them. */
export async function basisOfScores(db: Queryable, { metric, leftOut, ...scores }: ComparableScores, { sweepId, cellId, best }: { sweepId: string; cellId: string; best: number | null }): Promise<ScoreBasis | null> {
  const basis = (await scoreBases(db, { sweepId, cellId, ...scores }, () => best)).find((one) => one.metric === metric);
  return basis === undefined ? null : { ...basis, leftOut };
}
