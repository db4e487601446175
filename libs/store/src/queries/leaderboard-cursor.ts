import { ElucidateError } from '@elucidate/experiment/errors';

/** Scores that compare, and the metric that ranks them; evaluator '' and images 0 stand for null. */
export interface Ranking {
  metric: string;
  evaluator: string;
  images: number;
  /** The cells that have all their trials, which are ranked; false: those that have not. */
  complete: boolean;
}

/** Where a page ended. In a ranking: the mean and place of the last row, how many rows were before the next, and the last row's rank. Else: the place of the last unranked cell. */
export type Place =
  | ({ in: 'ranking'; mean: number; sweepId: string; position: number; shown: number; rank: number } & Ranking)
  | { in: 'unranked'; position: number };

export const writeCursor = (place: Place): string => Buffer.from(JSON.stringify(place.in === 'unranked' ? [place.position]
  : [place.metric, place.evaluator, place.images, place.complete, place.mean, place.sweepId, place.position, place.shown, place.rank])).toString('base64url');

const shape = ['string', 'string', 'number', 'boolean', 'number', 'string', 'number', 'number', 'number'];

/** Throws 'request.invalid' for a cursor that is none of ours. */
export function readCursor(cursor: string): Place {
  const parts = parsed(cursor);
  const types = parts.map((part) => typeof part);
  if (types.join() === 'number') return { in: 'unranked', position: parts[0] as number };
  if (types.join() !== shape.join()) throw new ElucidateError('request.invalid', `cursor "${cursor.slice(0, 80)}" is none of ours; use the nextCursor of the page before`);
  const [metric, evaluator, images, complete, mean, sweepId, position, shown, rank] = parts as [string, string, number, boolean, number, string, number, number, number];
  return { in: 'ranking', metric, evaluator, images, complete, mean, sweepId, position, shown, rank };
}

function parsed(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
