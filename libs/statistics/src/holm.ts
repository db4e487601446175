/**
 * p adjusted for several comparisons (Holm 1979), in the order given: below alpha for the comparisons that may be called differences, with a chance of at most
 * alpha that any of them is none, if what to compare was not chosen by the same scores. `comparisons`: how many were made in all, if more than are given; the others count as if they were the least clear.
 */
export function holm(ps: readonly number[], comparisons = ps.length): number[] {
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  [...ps.keys()].sort((i, j) => ps[i]! - ps[j]!).forEach((index, place) => {
    largest = Math.max(largest, Math.min(1, (comparisons - place) * ps[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
}

/** p adjusted for several comparisons (Bonferroni): each by itself, whatever the others are; never below Holm's. */
export const bonferroni = (ps: readonly number[], comparisons = ps.length): number[] => ps.map((p) => Math.min(1, comparisons * p));
