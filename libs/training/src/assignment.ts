/** Costs of pairing each of n rows with each of n columns, row by row. */
export interface Costs {
  n: number;
  values: Float64Array;
}

/** Nothing is paired with it. */
const free = -1;

/**
 * The column of each row in the assignment of least total cost: linear assignment by shortest augmenting paths, after column reduction (Jonker & Volgenant
 * 1987; Crouse 2016, Alg. 1, as in SciPy's linear_sum_assignment). At most some n^3 steps. Among equal totals the choice depends on the costs alone.
 */
export function leastAssignment({ n, values }: Costs): Int32Array {
  const [rowPrice, columnPrice] = [new Float64Array(n), new Float64Array(n).fill(Infinity)];
  for (let i = 0; i < n; i += 1) {
    const costs = values.subarray(i * n, (i + 1) * n);
    rowPrice[i] = costs.reduce((least, cost) => Math.min(least, cost), Infinity);
    for (let j = 0; j < n; j += 1) columnPrice[j] = Math.min(columnPrice[j]!, costs[j]! - rowPrice[i]!);
  }
  const [columnOf, rowOf] = [new Int32Array(n).fill(free), new Int32Array(n).fill(free)];
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n && columnOf[i] === free; j += 1) {
      if (rowOf[j] === free && values[i * n + j]! - rowPrice[i]! === columnPrice[j]) [columnOf[i], rowOf[j]] = [j, i];
    }
  }
  const augment = augmenter({ n, values }, { rowPrice, columnPrice, columnOf, rowOf });
  for (let i = 0; i < n; i += 1) if (columnOf[i] === free) augment(i);
  return columnOf;
}

/** Prices with which no pair costs less than its row's and its column's together, and each pair that was made exactly as much. */
interface Partial {
  rowPrice: Float64Array;
  columnPrice: Float64Array;
  columnOf: Int32Array;
  rowOf: Int32Array;
}

/** Pairs one more row, by the cheapest way of moving others. */
function augmenter({ n, values }: Costs, { rowPrice, columnPrice, columnOf, rowOf }: Partial): (row: number) => void {
  /** By column: the cost of the cheapest way to it that is known, and the row before it on that way. */
  const [cost, before] = [new Float64Array(n), new Int32Array(n)];
  const settled = new Uint8Array(n);
  /** Settles the cheapest column that is not: on to it from `row`, which costs `sofar`. */
  const next = (row: number, sofar: number): number => {
    let cheapest = free;
    for (let j = 0; j < n; j += 1) {
      if (settled[j] === 1) continue;
      const reached = sofar + (values[row * n + j]! - rowPrice[row]! - columnPrice[j]!);
      if (reached < cost[j]!) [cost[j], before[j]] = [reached, row];
      if (cheapest === free || cost[j]! < cost[cheapest]!) cheapest = j;
    }
    settled[cheapest] = 1;
    return cheapest;
  };
  return (start) => {
    cost.fill(Infinity);
    settled.fill(0);
    let end = next(start, 0);
    while (rowOf[end] !== free) end = next(rowOf[end]!, cost[end]!);
    const total = cost[end]!;
    rowPrice[start]! += total;
    for (let j = 0; j < n; j += 1) {
      if (settled[j] === 0 || j === end) continue;
      rowPrice[rowOf[j]!]! += total - cost[j]!;
      columnPrice[j]! -= total - cost[j]!;
    }
    for (let [j, row] = [end, free]; row !== start; ) {
      row = before[j]!;
      rowOf[j] = row;
      [columnOf[row], j] = [j, columnOf[row]!];
    }
  };
}
