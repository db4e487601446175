import { groupsText } from '@elucidate/experiment/basis-words';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { AskedScores, ScoreGroup } from '@elucidate/experiment/score-basis';
import { rows, type Queryable } from '../queryable.js';
import type { Ranking } from './leaderboard-cursor.js';

/** Scores that compare: of one metric, by one evaluator, of one number of images; evaluator '' and images 0 stand for null. */
export type ComparableScores = Pick<Ranking, 'metric' | 'evaluator' | 'images'> & {
  /** What else the sweep has of the metric, which does not compare with these. */
  leftOut: readonly ScoreGroup[];
};

interface Question {
  sweepId: string;
  /** A metric's key. */
  metric: string;
  scores?: AskedScores | undefined;
}

interface Found extends Omit<ScoreGroup, 'evaluator' | 'n'> {
  evaluator: string;
  images: number;
}

const groupOf = ({ evaluator, images, configurations }: Found): ScoreGroup => ({ evaluator: evaluator || null, n: images || null, configurations });

/**
 * Of a sweep's scores of a metric, those that a table or a picture shows: where several evaluators or numbers of images were used, those asked for, by default
 * those of the most images. No other place decides this. null where nothing is scored; throws 'not_found' where nothing is that was asked for.
 */
export async function comparableScores(db: Queryable, { sweepId, metric, scores: { n, evaluator } = {} }: Question): Promise<ComparableScores | null> {
  const found = await rows<Found>(db, `
    select evaluator, images, sum(cells)::integer as configurations from ranking_sizes
    where sweep_id = $1 and metric = $2 group by evaluator, images having sum(cells) > 0 order by images desc, evaluator`, [sweepId, metric]);
  if (found.length === 0) return null;
  const chosen = found.find((group) => (n === undefined || group.images === n) && group.evaluator.startsWith(evaluator ?? ''));
  if (chosen === undefined) {
    const asked = [...(n === undefined ? [] : [`n = ${n}`]), ...(evaluator === undefined ? [] : [`evaluator ${evaluator}`])].join(', ');
    throw new ElucidateError('not_found', `Sweep ${sweepId} has no ${metric} of ${asked}; it has ${groupsText(found.map(groupOf))}`);
  }
  return { metric, evaluator: chosen.evaluator, images: chosen.images, leftOut: found.filter((group) => group !== chosen).map(groupOf) };
}
