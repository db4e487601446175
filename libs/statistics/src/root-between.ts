/** The x in [low, high] at which a continuous function is 0, below 0 at `low` and not below it at `high`: false position with halved ends (Dowell and Jarratt 1971). */
export function rootBetween(f: (x: number) => number, low: number, high: number): number {
  let [below, above] = [f(low), f(high)];
  let side = 0;
  for (let step = 0; step < 100 && above > 0; step++) {
    const x = (low * above - high * below) / (above - below);
    const value = f(x);
    if (Math.abs(value) < 1e-14 || x <= low || x >= high) return x;
    if (value < 0) {
      [low, below] = [x, value];
      if (side < 0) above /= 2;
      side = -1;
    } else {
      [high, above] = [x, value];
      if (side > 0) below /= 2;
      side = 1;
    }
  }
  return high;
}
