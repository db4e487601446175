import { qrOf } from './least-squares.js';
import { normal, seededRandom } from './random.js';

const random = seededRandom(3);
const drawn = (rows: number): Float64Array => Float64Array.from({ length: rows }, () => normal(random));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

test('coefficients leave what is orthogonal to every column', () => {
  const [x, y] = [[new Float64Array(12).fill(1), drawn(12), drawn(12)], drawn(12)];
  const beta = qrOf(x).coefficients(y);
  const left = y.map((value, i) => value - x.reduce((sum, column, j) => sum + column[i]! * beta[j]!, 0));
  for (const column of x) expect(dot(column, left)).toBeCloseTo(0, 12);
  const { rotated } = qrOf(x);
  expect(dot(rotated(y).subarray(3), rotated(y).subarray(3))).toBeCloseTo(dot(left, left), 12);
  expect(dot(rotated(y), rotated(y))).toBeCloseTo(dot(y, y), 12);
});

test('a line through exact points is found, whatever the size of its columns', () => {
  const x = Float64Array.from([1e6, 2e6, 3e6, 5e6]);
  const beta = qrOf([new Float64Array(4).fill(1), x]).coefficients(x.map((value) => 3 + 2e-6 * value));
  expect(beta[0]).toBeCloseTo(3, 9);
  expect(beta[1]! * 1e6).toBeCloseTo(2, 9);
});

test('a column that others make up is named', () => {
  const [a, b] = [drawn(8), drawn(8)];
  expect(qrOf([a, b]).dependent).toBe(-1);
  expect(qrOf([a, b, a.map((value, i) => 2 * value - b[i]!), drawn(8)]).dependent).toBe(2);
});
