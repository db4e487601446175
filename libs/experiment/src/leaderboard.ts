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

/** The best mean of some estimates; null if there is none. */
export const bestMean = (metric: string, estimates: readonly (Pick<Estimate, 'mean'> | null | undefined)[]): number | null => {
  const means = estimates.flatMap((estimate) => estimate?.mean ?? []);
  return means.length === 0 ? null : means.reduce((best, mean) => (higherIsBetter(metric) ? Math.max(best, mean) : Math.min(best, mean)));
};

/** Whether every trial that is planned has a score. */
export const isComplete = ({ count, diverged, trials = count + diverged }: Estimate): boolean => diverged === 0 && count === trials;

/** Why an estimate is not ranked with others: "2 of 3 trials", "1 of 3 diverged", or trained on fewer images than they, which have 0 trials planned; undefined if it is complete. */
export function incompleteText({ count, diverged, trials = count + diverged }: Pick<Estimate, 'count' | 'diverged' | 'trials'>): string | undefined {
  if (diverged > 0) return `${diverged} of ${trials || count + diverged} diverged`;
  if (trials === 0) return 'trained less';
  return count === trials ? undefined : `${count} of ${trials} trials`;
}

/** Whether that says that trials diverged. */
export const isDivergedText = (notRanked: string): boolean => notRanked.endsWith(' diverged');

/** Ranks of the complete rows, best first: equal means have equal ranks ("1, 2, 2, 4"); the incomplete follow, unranked, then rows without the metric. */
function ranked(rows: readonly LeaderboardEntry[], metric: string): LeaderboardRow[] {
  const compare = bestFirst(metric);
  const completeAt = ({ metrics }: LeaderboardEntry): boolean => metrics[metric] !== undefined && isComplete(metrics[metric]);
  const sorted = [...rows].sort((a, b) => Number(completeAt(b)) - Number(completeAt(a)) || compare(a.metrics[metric], b.metrics[metric]));
  let rank = 1;
  return sorted.map((row, index) => {
    const estimate = row.metrics[metric];
    if (estimate?.mean !== sorted[index - 1]?.metrics[metric]?.mean) rank = index + 1;
    if (completeAt(row)) return { ...row, rank };
    const notRanked = estimate && incompleteText(estimate);
    return { ...row, rank: null, ...(notRanked !== undefined && { notRanked }) };
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
    return { evaluator, n, metric: ranking, bases: [], rows: ranking === null ? members.map((row) => ({ ...row, rank: null })) : ranked(members, ranking) };
  });
  return groups.sort((a, b) => Number(a.evaluator === null) - Number(b.evaluator === null) || (b.n ?? 0) - (a.n ?? 0));
}
