import { ElucidateError } from '@elucidate/experiment/errors';
import { ladderOf, starAround, type Ladder } from '@elucidate/experiment/ladder';
import { bestFirst } from '@elucidate/experiment/leaderboard';
import type { AskedScale } from '@elucidate/experiment/score-scale';
import { meanOf } from '@elucidate/statistics/trial';
import type { Queryable } from '../queryable.js';
import { scoredCells, type FoundCell, type ScoredCells } from './scored-cells.js';
import { getSpec } from './sweep-spec.js';

export interface LadderQuestion {
  sweepId: string;
  /** Key of the metric; by default the first that the sweep requests. */
  metric?: string | undefined;
  scale?: AskedScale | undefined;
  /** The configuration that others differ from in one parameter: its id, the first 6 or more digits of it, or `best`. */
  from?: string | undefined;
  /** Configurations in this order, each by its id or the first 6 or more digits of it. */
  steps?: readonly string[] | undefined;
}

/**
 * A ladder of a sweep: from one configuration to each that differs from it in one parameter, or in a given order, or, of a sweep that lists configurations, in the
 * order of its file. Throws 'request.invalid' if there is no such order, or a configuration named lacks trials; 'not_found' if none has all.
 */
export async function sweepLadder(db: Queryable, { sweepId, metric, scale = 'auto', from, steps }: LadderQuestion): Promise<Ladder> {
  if (from !== undefined && steps !== undefined) throw new ElucidateError('request.invalid', 'A ladder starts from a configuration (from), or has its steps listed (steps), not both');
  // before thousands of trials are read: reports and the end of a run look for a ladder in every sweep
  if (from === undefined && steps === undefined && !(await listsConfigurations(db, sweepId))) throw new ElucidateError('request.invalid', `Sweep ${sweepId} is a grid, which has no order; --from CELL compares a configuration with those that differ from it in one parameter, --steps CELL,CELL,.. has an order`);
  const scored = await scoredCells(db, sweepId, metric);
  const { cells, ...source } = scored;
  const named = steps?.map((id) => cellOf(scored, sweepId, id));
  if (named !== undefined) return ladderOf({ sweepId, ...source, shape: 'chain', cells: named }, scale);
  if (from !== undefined) return ladderOf({ sweepId, ...source, shape: 'star', cells: starAround(source.axes, from === 'best' ? bestOf(scored) : cellOf(scored, sweepId, from), cells) }, scale);
  return ladderOf({ sweepId, ...source, shape: 'chain', cells }, scale);
}

/** Whether its file lists configurations one by one, beside no grid of several, and they were not drawn at random. */
async function listsConfigurations(db: Queryable, sweepId: string): Promise<boolean> {
  const { include = [], method, parameters } = (await getSpec(db, sweepId))?.spec ?? {};
  return include.length > 0 && Object.values(parameters ?? {}).every(({ values }) => values.length <= 1) && !(typeof method === 'object' && method.drawn !== undefined);
}

function cellOf({ cells, metric }: ScoredCells, sweepId: string, id: string): FoundCell {
  const found = /^[0-9a-f]{6,64}$/.test(id) ? cells.filter(({ cellId }) => cellId.startsWith(id)) : [];
  if (found.length === 1) return found[0]!;
  throw new ElucidateError('request.invalid', found.length > 1 ? `Several configurations begin with ${id}; give more of the id` : `No configuration ${JSON.stringify(id)} of sweep ${sweepId} has all its trials of ${metric}; \`elucidate leaderboard ${sweepId} --json\` lists them`);
}

function bestOf({ cells, metric }: ScoredCells): FoundCell {
  const estimate = ({ trials }: FoundCell) => ({ mean: meanOf(trials.map(({ value }) => value)), stddev: null, min: 0, max: 0, count: trials.length, diverged: 0, n: null, real: null });
  return cells.toSorted((a, b) => bestFirst(metric)(estimate(a), estimate(b)))[0]!;
}
