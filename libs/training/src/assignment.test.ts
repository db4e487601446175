import fc from 'fast-check';
import { type Costs, leastAssignment } from './assignment.js';

const costsOf = (n: number, cost: fc.Arbitrary<number>) => fc.array(cost, { minLength: n * n, maxLength: n * n }).map((values): Costs => ({ n, values: Float64Array.from(values) }));
const anyCosts = (most: number, cost: fc.Arbitrary<number>) => fc.integer({ min: 1, max: most }).chain((n) => costsOf(n, cost));
/** Whole numbers, whose sums are exact; of few values, so that many assignments cost the same. */
const [whole, few] = [fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 3 })];
/** Fractions whose sums are exact, too. */
const real = fc.integer({ min: -1e9, max: 1e9 }).map((part) => part / 2 ** 27);

const totalOf = ({ n, values }: Costs, columns: ArrayLike<number>): number => Array.from(columns).reduce((sum, column, row) => sum + values[row * n + column]!, 0);

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((shorter) => Array.from({ length: n }, (_, place) => [...shorter.slice(0, place), n - 1, ...shorter.slice(place)]));
}

describe('an assignment', () => {
  it('costs as little as the cheapest of all, up to 7 rows', () => {
    const all = Array.from({ length: 8 }, (_, n) => permutations(n));
    fc.assert(fc.property(fc.oneof(anyCosts(7, whole), anyCosts(7, few)), (costs) => {
      expect(totalOf(costs, leastAssignment(costs))).toBe(Math.min(...all[costs.n]!.map((columns) => totalOf(costs, columns))));
    }), { numRuns: 60 });
  });

  it('pairs every row with a column of its own, and no exchange along a cycle of rows costs less', () => {
    fc.assert(fc.property(fc.oneof(anyCosts(40, real), anyCosts(40, few)), (costs) => {
      const { n, values } = costs;
      const columns = leastAssignment(costs);
      expect([...columns].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, j) => j));
      // [i][k]: what row i loses by taking the column of row k; then shortest ways (Floyd-Warshall): a cycle of them that gains would be a cheaper assignment
      const loses = Array.from({ length: n }, (_, i) => Array.from(columns, (column) => values[i * n + column]! - values[i * n + columns[i]!]!));
      for (let via = 0; via < n; via += 1) for (const way of loses) for (let to = 0; to < n; to += 1) way[to] = Math.min(way[to]!, way[via]! + loses[via]![to]!);
      expect(Math.min(...loses.map((way, i) => way[i]!))).toBeGreaterThanOrEqual(0);
    }), { numRuns: 40 });
  });

  it('is the same when all costs of a row or a column change alike', () => {
    fc.assert(fc.property(anyCosts(20, whole), fc.nat(19), whole, ({ n, values }, line, more) => {
      const row = Float64Array.from(values, (cost, k) => cost + (Math.floor(k / n) === line % n ? more : 0));
      const column = Float64Array.from(values, (cost, k) => cost + (k % n === line % n ? more : 0));
      const total = totalOf({ n, values }, leastAssignment({ n, values }));
      for (const changed of [row, column]) expect(totalOf({ n, values }, leastAssignment({ n, values: changed }))).toBe(total);
    }), { numRuns: 40 });
  });

  it('finds pairs that are hidden in a matrix of 300 rows', () => {
    const n = 300;
    const hidden = Array.from({ length: n }, (_, i) => (i * 7 + 3) % n);
    const values = Float64Array.from({ length: n * n }, (_, k) => (hidden[Math.floor(k / n)] === k % n ? 0 : 1 + ((k * 2654435761) % 1000) / 1000));
    expect([...leastAssignment({ n, values })]).toEqual(hidden);
  });
});
