import type { Spec } from '@elucidate/experiment/spec';
import { stoppedBy, type Racer } from '@elucidate/experiment/stopped';
import { rows, type Queryable } from '../queryable.js';
import { cellTrials } from './cell-trials.js';
import { rankings } from './leaderboard-scope.js';
import { summariseAll } from './summaries.js';

export interface RaceCells {
  /** The metric that decides: the first, in table order, that has scores; null without any. */
  metric: string | null;
  /** Cells of the sweep, those stopped included. */
  among: number;
  /** Those still in the race, in the order of the grid. */
  racers: Racer[];
}

/** The cells of a race with all their trials, never with some: null while somebody else brings the estimates up to date. A race has at most 2000 cells. */
export async function raceCells(db: Queryable, sweepId: string, spec: Spec): Promise<RaceCells | null> {
  if (!(await summariseAll(db))) return null;
  const cells = await rows<{ id: string; config: Record<string, unknown> }>(db, 'select id, config from cells where sweep_id = $1 order by position', [sweepId]);
  const inRace = cells.filter(({ config }) => stoppedBy(spec, config) === null);
  const [ranking] = await rankings(db, { sweepId, owner: null }, undefined);
  if (ranking === undefined) return { metric: null, among: cells.length, racers: inRace.map(({ config }) => ({ config, trials: [] })) };
  const { metric, evaluator, images } = ranking;
  const trials = await cellTrials(db, inRace.map(({ id: cellId }) => ({ sweepId, cellId, evaluator, images })), metric);
  return { metric, among: cells.length, racers: inRace.map(({ config }, place) => ({ config, trials: trials[place]!.get(metric) ?? [] })) };
}
