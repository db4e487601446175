/** Threads of a workgroup that adds up; a power of two. */
export const lanes = 256;

/**
 * `sums[i]` for i < apart = the sum of `own` over every apart-th lane from lane i on, halving the lanes that add at each turn; ends with a barrier.
 * `sums` is the workgroup's, one number or vector a lane.
 */
export const addUp = (own: string, apart = 1): string => `
  sums[lane] = ${own};
  workgroupBarrier();
  for (var span = ${lanes / 2}; span >= ${apart}; span = span / 2) {
    if (lane < span) { sums[lane] = sums[lane] + sums[lane + span]; }
    workgroupBarrier();
  }`;
