/** Threads of a summing workgroup; a power of two. */
export const lanes = 256;

/**
 * `sums[i]` for i < stride = the sum of `own` over every stride-th lane from lane i on, halving the number of adding lanes each iteration; ends with a barrier.
 * `sums` is shared by the workgroup, one number or vector per lane.
 */
export const addUp = (own: string, stride = 1): string => `
  sums[lane] = ${own};
  workgroupBarrier();
  for (var span = ${lanes / 2}; span >= ${stride}; span = span / 2) {
    if (lane < span) { sums[lane] = sums[lane] + sums[lane + span]; }
    workgroupBarrier();
  }`;
