/** Values that set an axis. */
export interface RobustRange {
  low: number;
  high: number;
  /** How many values are outside. */
  outside: number;
}

const quantile = (sorted: readonly number[], part: number): number => {
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at - Math.floor(at));
};

/** Fewer values have no outliers; and leaving some out has to shorten the axis by more than this factor. */
const [fewest, gain] = [5, 4];

/**
 * The ends of some values without those that would flatten the rest: further from the quartiles than three interquartile ranges (Tukey 1977, "far out"), on a
 * log axis of the logarithms. All of them where nothing would be gained. Values that an axis cannot show are passed over; null: there are none.
 */
export function robustRange(values: readonly number[], log: boolean): RobustRange | null {
  const shown = values.filter((value) => Number.isFinite(value) && (!log || value > 0)).sort((a, b) => a - b);
  if (shown.length === 0) return null;
  const on = (value: number): number => (log ? Math.log(value) : value);
  const [q1, q3] = [quantile(shown.map(on), 0.25), quantile(shown.map(on), 0.75)];
  const far = 3 * (q3 - q1);
  const kept = shown.filter((value) => on(value) >= q1 - far && on(value) <= q3 + far);
  const span = (of: readonly number[]): number => on(of.at(-1)!) - on(of[0]!);
  const used = shown.length >= fewest && span(kept) > 0 && span(shown) > gain * span(kept) ? kept : shown;
  return { low: used[0]!, high: used.at(-1)!, outside: shown.length - used.length };
}
