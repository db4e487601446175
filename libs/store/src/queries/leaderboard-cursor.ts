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
  | SortedPlace
  | { in: 'unranked'; position: number; sorted?: Sorted };

/** What a page is sorted by, "nfe descending", and the key of its last row there; null: it has none, which is last. */
export interface Sorted {
  by: string;
  key: number | null;
}

/** The same of a page that is sorted by something else than its ranking. */
export type SortedPlace = { in: 'sorted'; sorted: Sorted; mean: number; position: number } & Ranking;

function partsOf(place: Place): unknown[] {
  switch (place.in) {
    case 'ranking': return [place.metric, place.evaluator, place.images, place.complete, place.mean, place.sweepId, place.position, place.shown, place.rank];
    case 'sorted': return [place.sorted.by, place.sorted.key, place.metric, place.evaluator, place.images, place.complete, place.mean, place.position];
    case 'unranked': return [...(place.sorted === undefined ? [] : [place.sorted.by, place.sorted.key]), place.position];
  }
}

export const writeCursor = (place: Place): string => Buffer.from(JSON.stringify(partsOf(place))).toString('base64url');

/** What each kind of place consists of; a key may be null. */
const shapes = {
  ranking: 'string,string,number,boolean,number,string,number,number,number',
  sorted: 'string,number,string,string,number,boolean,number,number',
  sortedUnranked: 'string,number,number',
  unranked: 'number',
} as const;

function placeOf(parts: readonly unknown[]): Place | undefined {
  switch (parts.map((part, i) => (i === 1 && part === null ? 'number' : typeof part)).join()) {
    case shapes.unranked: return { in: 'unranked', position: parts[0] as number };
    case shapes.sortedUnranked: {
      const [by, key, position] = parts as [string, number | null, number];
      return { in: 'unranked', position, sorted: { by, key } };
    }
    case shapes.sorted: {
      const [by, key, metric, evaluator, images, complete, mean, position] = parts as [string, number | null, string, string, number, boolean, number, number];
      return { in: 'sorted', sorted: { by, key }, metric, evaluator, images, complete, mean, position };
    }
    case shapes.ranking: {
      const [metric, evaluator, images, complete, mean, sweepId, position, shown, rank] = parts as [string, string, number, boolean, number, string, number, number, number];
      return { in: 'ranking', metric, evaluator, images, complete, mean, sweepId, position, shown, rank };
    }
    default: return undefined;
  }
}

/** As the database has them. */
const isInteger = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 31;

/** Whether what counts something is a whole number. */
const counts = (place: Place): boolean => [place.position, ...(place.in === 'unranked' ? [] : [place.images]), ...(place.in === 'ranking' ? [place.shown, place.rank] : [])].every(isInteger);

/** Throws 'request.invalid' for a cursor that is none of ours. */
export function readCursor(cursor: string): Place {
  const place = placeOf(parsed(cursor));
  if (place === undefined || !counts(place)) throw new ElucidateError('request.invalid', `cursor "${cursor.slice(0, 80)}" is none of ours; use the nextCursor of the page before`);
  return place;
}

function parsed(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
