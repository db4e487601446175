import { byMetricOrder, higherIsBetter } from './metric-requests.js';
import type { Estimate, LeaderboardEntry, LeaderboardGroup, LeaderboardRow } from './tables.js';

/** The metrics found in some rows, in the order in which they are shown. */
export const metricsIn = (rows: readonly Pick<LeaderboardEntry, 'metrics'>[]): string[] => [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))].sort(byMetricOrder);

/** Best first by mean, each metric in its own direction; rows without an estimate come last. */
export function bestFirst(metric: string): (a: Estimate | null | undefined, b: Estimate | null | undefined) => number {
  const sign = higherIsBetter(metric) ? -1 : 1;
  const standing = (estimate: Estimate | null | undefined): number => (estimate ? sign * estimate.mean : Infinity);
  return (a, b) => {
    const [one, other] = [standing(a), standing(b)];
    return one < other ? -1 : Number(one > other);
  };
}

/** The best mean of some estimates; null if there are none. */
export function bestMean(metric: string, estimates: readonly (Estimate | null | undefined)[]): number | null {
  return [...estimates].sort(bestFirst(metric))[0]?.mean ?? null;
}

/** The best single trial. */
export const bestTrial = (metric: string, { min, max }: Estimate): number => (higherIsBetter(metric) ? max : min);

/** Ranks, best first: equal means have equal ranks ("1, 2, 2, 4"); rows without the metric follow, unranked. */
function ranked(rows: readonly LeaderboardEntry[], metric: string): LeaderboardRow[] {
  const compare = bestFirst(metric);
  const sorted = [...rows].sort((a, b) => compare(a.metrics[metric], b.metrics[metric]));
  let rank = 1;
  return sorted.map((row, index) => {
    const estimate = row.metrics[metric];
    if (estimate?.mean !== sorted[index - 1]?.metrics[metric]?.mean) rank = index + 1;
    return { ...row, rank: estimate === undefined ? null : rank };
  });
}

/** Rows grouped by what comparable scores must share, evaluator and n: the most images first, those not scored yet last. They rank by `metric`, or by the first in table order that a group has. */
export function leaderboardGroups(rows: readonly LeaderboardEntry[], metric?: string): LeaderboardGroup[] {
  const byKey = new Map<string, LeaderboardEntry[]>();
  for (const row of rows) {
    const key = `${row.evaluator} ${row.n}`;
    const members = byKey.get(key);
    if (members) members.push(row);
    else byKey.set(key, [row]);
  }
  const groups = [...byKey.values()].map((members): LeaderboardGroup => {
    const [{ evaluator, n }] = members as [LeaderboardEntry];
    const ranking = metric ?? metricsIn(members)[0] ?? null;
    return { evaluator, n, metric: ranking, rows: ranking === null ? members.map((row) => ({ ...row, rank: null })) : ranked(members, ranking) };
  });
  return groups.sort((a, b) => Number(a.evaluator === null) - Number(b.evaluator === null) || (b.n ?? 0) - (a.n ?? 0));
}
