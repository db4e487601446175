import { ElucidateError } from '@elucidate/experiment/errors';
import { keptPlaces } from '@elucidate/experiment/keep-places';
import type { KeepRequest } from '@elucidate/experiment/parallel';
import type { Queryable } from '../queryable.js';
import { comparableScores } from './comparable-scores.js';
import { sweepAxes } from './sweep-axes.js';
import { unscored } from './unscored.js';

/** Makes a parameter of a value. */
type Given = (value: unknown) => string;

/** The conditions on a configuration for what is kept, given how a statement names its sweep and its cell. */
export type KeepConditions = (cell: { sweepId: string; cellId: string }, given: Given) => string[];

const between = (column: string, { low, high }: KeepRequest['within'][string], given: Given): string[] =>
  [...(low === null ? [] : [`${column} >= ${given(low)}::double precision`]), ...(high === null ? [] : [`${column} <= ${given(high)}::double precision`])];

/**
 * What is kept of a sweep. A score is looked up by index, and is one that a picture shows.
 * Throws 'request.invalid' for what the sweep does not vary or have.
 */
export async function keepConditions(db: Queryable, sweepId: string, { keep, within }: KeepRequest): Promise<KeepConditions> {
  const kept = Object.entries(keep);
  const axes = kept.length === 0 ? new Map() : await sweepAxes(db, sweepId);
  const places = kept.map(([path, labels]) => keptPlaces(axes, path, labels));
  const ranges = await Promise.all(Object.entries(within).map(async ([name, range]) => {
    if (name === 'nfe') return { range, scores: null };
    const scores = await comparableScores(db, { sweepId, metric: name });
    if (scores === null) throw new ElucidateError('request.invalid', `within ${name}: sweep ${sweepId} has no ${name}${await unscored(db, sweepId, name)}`);
    return { range, scores };
  }));
  return ({ sweepId: sweep, cellId }, given) => [
    ...(places.length === 0 ? [] : [`exists (select from cell_places kept where kept.sweep_id = ${sweep} and kept.cell_id = ${cellId}${places.map((at) => ` and kept.place[${given(at.dimension)}::integer] = any(${given(at.places)}::integer[])`).join('')})`]),
    ...ranges.map(({ range, scores }) => {
      const score = scores === null ? [] : [`(kept.metric, kept.evaluator, kept.images) = (${given(scores.metric)}, ${given(scores.evaluator)}, ${given(scores.images)}::integer)`];
      return `exists (select from cell_estimates kept where ${[`kept.sweep_id = ${sweep}`, `kept.cell_id = ${cellId}`, ...score, ...between(scores === null ? 'kept.nfe' : 'kept.mean', range, given)].join(' and ')})`;
    }),
  ];
}
