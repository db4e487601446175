/**
 * Noise levels for few steps, chosen out of the levels of a teacher's run by dynamic programming over the errors of single moves.
 * Chen et al. 2024 (GITS, arXiv 2405.11326), eq. 8; zju-pi/diff-sampler, gits_utils.py.
 */

/** One image on a teacher's run: its state at each level, and x0-hat at all but the last. Arrays of one length. */
export interface TeacherRun {
  states: readonly Float32Array[];
  x0: readonly Float32Array[];
}

/** cost[i][j - i - 1]: what one move from level i to level j > i costs. */
export type MoveCosts = readonly (readonly number[])[];

/** For each pair of levels i < j, the distance (Euclidean, over `size` numbers an image) from the teacher's state at j of one Euler move from its state at i, summed over the images. */
export function eulerMoveErrors({ states, x0 }: TeacherRun, sigmas: readonly number[], size: number): number[][] {
  return x0.map((hat, i) => sigmas.slice(i + 1).map((next, ahead) => {
    const kept = next / sigmas[i]!;
    const [from, to] = [states[i]!, states[i + 1 + ahead]!];
    let total = 0;
    for (let start = 0; start < from.length; start += size) {
      let square = 0;
      for (let k = start; k < start + size; k++) square += (kept * from[k]! + (1 - kept) * hat[k]! - to[k]!) ** 2;
      total += Math.sqrt(square);
    }
    return total;
  }));
}

/**
 * The path of `moves` moves from the first level to the last with the least total V, V = cost of the first move + coefficient times V of the rest: a coefficient
 * above 1 counts late errors more. Indices of its levels, moves + 1 of them; of equal totals the earliest. RangeError for more moves than there are levels to make them.
 */
export function leastPath(costs: MoveCosts, moves: number, coefficient: number): number[] {
  const last = costs.length;
  if (moves < 1 || moves > last) throw new RangeError(`${moves} moves between ${last + 1} levels: at most ${last} are possible`);
  const costOf = (i: number, j: number): number => costs[i]![j - i - 1]!;
  // best[k][i]: the least total from level i to the last in k + 1 moves, and the level after i
  const best = [costs.map((_, i) => ({ total: costOf(i, last), next: last }))];
  for (let k = 1; k < moves; k++) {
    best.push(costs.map((_, i) => {
      let found = { total: Infinity, next: last };
      for (let j = i + 1; j < last; j++) {
        const total = costOf(i, j) + coefficient * best[k - 1]![j]!.total;
        if (total < found.total) found = { total, next: j };
      }
      return found;
    }));
  }
  const path = [0];
  for (let k = moves - 1; k >= 0; k--) path.push(best[k]![path.at(-1)!]!.next);
  return path;
}
