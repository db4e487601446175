import type { Better } from './compare-with-best.js';

/**
 * What the best of k evaluations is on average: the mean of the best over every choice of k of the values. EDM (Karras et al. 2022)
 * reports the minimum of three FIDs of one network; of normal values it is 0.85 standard deviations below the mean. null with fewer than k values.
 */
export function expectedBestOf(values: readonly number[], k: number, better: Better): number | null {
  const n = values.length;
  if (n < k || k < 1) return null;
  const bestFirst = [...values].sort((a, b) => (better === 'lower' ? a - b : b - a));
  // the share of choices of which value i is the best: those whose other k - 1 come after it
  let share = k / n;
  let sum = 0;
  for (let i = 0; i <= n - k; i++) {
    sum += share * bestFirst[i]!;
    share *= (n - k - i) / (n - 1 - i);
  }
  return sum;
}
