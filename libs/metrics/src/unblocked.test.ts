import { frechetDistance } from './fid.js';
import { gaussian, normals } from './simulated-features.js';
import { triangularFactor } from './qr.js';
import { singularValues } from './singular-values.js';
import { timesTransposed } from './product.js';
import { statistics } from './statistics.js';
import { plainFactor, plainFrechetDistance, plainProduct, plainSingularValues } from './unblocked.js';

/** [rows,columns] matrices that are hard in different ways. */
const matrices: Readonly<Record<string, (rows: number, columns: number) => Float64Array>> = {
  'of normals': (rows, columns) => normals(rows * columns, rows),
  'with columns eleven orders of magnitude apart': (rows, columns) => normals(rows * columns, rows).map((x, at) => x * 10 ** (5 - (11 * (at % columns)) / columns)),
  'with one column 1e5 times the rest': (rows, columns) => normals(rows * columns, rows).map((x, at) => (at % columns === columns >> 1 ? 1e5 * x : x)),
  'of rank 3': (rows, columns) => plainProduct(normals(rows * 3, rows), normals(columns * 3, 7), 3),
  'with zero columns': (rows, columns) => normals(rows * columns, rows).map((x, at) => (at % columns % 3 === 0 ? 0 : x)),
  'of zeros': (rows, columns) => new Float64Array(rows * columns),
};

/** Around the width of a block, and several of them. */
const shapes = [[1, 1], [2, 1], [5, 5], [31, 31], [32, 32], [33, 33], [64, 32], [65, 33], [96, 95], [150, 97], [131, 129]] as const;

const cases = Object.entries(matrices).flatMap(([name, draw]) => shapes.map(([rows, columns]) => ({ name, rows, columns, draw })));

/** R'R over the norms of its columns: what QR determines. */
function correlations(r: Float64Array, d: number): Float64Array {
  const columns = r.map((_, at) => r[(at % (r.length / d)) * d + Math.floor(at / (r.length / d))]!);
  const gram = plainProduct(columns, columns, r.length / d);
  return gram.map((x, at) => x / (Math.sqrt(gram[Math.floor(at / d) * (d + 1)]! * gram[(at % d) * (d + 1)]!) || 1));
}

const largest = (x: Float64Array): number => x.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
const difference = (x: Float64Array, y: Float64Array): number => largest(x.map((entry, i) => entry - y[i]!));

describe.each(cases)('a matrix $name, [$rows,$columns], by blocks and one reflection at a time', ({ rows, columns, draw }) => {
  it('has the same triangular factor to within rounding of each column, also with fewer rows than columns', () => {
    for (const [n, d] of [[rows, columns], [columns, rows]] as const) {
      const features = { values: draw(n, d), n, d };
      const mean = new Float64Array(d);
      expect(difference(correlations(triangularFactor(features, mean), d), correlations(plainFactor(features, mean), d))).toBeLessThan(5e-15);
    }
  });

  it('has the same singular values to within rounding of the largest, also transposed', () => {
    for (const [m, n] of [[rows, columns], [columns, rows]] as const) {
      const matrix = draw(m, n);
      const expected = plainSingularValues(matrix.slice(), m, n);
      const found = singularValues(matrix, m, n);
      expect(found).toHaveLength(Math.min(m, n));
      expect(difference(found, expected)).toBeLessThanOrEqual(1e-14 * largest(expected));
    }
  });
});

describe('triangularFactor', () => {
  it('absorbs block after block of rows, with a last one of any height', () => {
    for (const n of [2048, 2049, 4097]) {
      const features = gaussian(n, Array.from({ length: 40 }, (_, j) => 10 ** (j % 5)), { seed: n, shift: 2 });
      const mean = new Float64Array(40).fill(2);
      expect(difference(correlations(triangularFactor(features, mean), 40), correlations(plainFactor(features, mean), 40))).toBeLessThan(1e-14);
    }
  });

  it('is the same bytes each time, whatever was computed before', () => {
    const features = gaussian(300, new Array<number>(50).fill(1), { seed: 1 });
    const first = triangularFactor(features, new Float64Array(50));
    singularValues(normals(80 * 90, 3), 80, 90);
    expect(triangularFactor(features, new Float64Array(50))).toEqual(first);
  });
});

describe('frechetDistance', () => {
  it.each([[40, 70], [70, 40], [300, 70], [300, 33]])('of %i points of %i features is the same by blocks and one reflection at a time', (n, d) => {
    const variances = Array.from({ length: d }, (_, j) => 10 ** (j % 9));
    const a = gaussian(n, variances, { seed: 1 });
    const b = statistics(gaussian(n + 9, variances.map((x) => 2 * x), { seed: 2, shift: 3 }));
    const [found, expected] = [frechetDistance(statistics(a), b), plainFrechetDistance(a, b)];
    expect(Math.abs(found - expected)).toBeLessThan(1e-13 * variances.reduce((total, x) => total + x, 0));
  });
});

describe('timesTransposed', () => {
  it.each([[1, 1, 1], [5, 3, 7], [4, 2, 300], [9, 9, 257], [70, 33, 600], [3, 515, 4]])('is its definition for [%i,%i] over %i columns', (m, p, d) => {
    const [a, b] = [normals(m * d, 1), normals(p * d, 2)];
    expect(difference(timesTransposed(a, b, d), plainProduct(a, b, d))).toBeLessThan(1e-14 * d);
  });

  it('of triangular factors is the same as of any', () => {
    const d = 300;
    const [a, b] = [3, 4].map((seed) => normals(d * d, seed).map((x, at) => (at % d < Math.floor(at / d) ? 0 : x))) as [Float64Array, Float64Array];
    expect(difference(timesTransposed(a, b, d), plainProduct(a, b, d))).toBeLessThan(1e-12);
  });
});
