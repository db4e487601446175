import fc from 'fast-check';
import { against, ones, reversed } from './against.fixture.js';
import { picked, type Features } from './features.js';
import { mapped, rotation } from './gaussian.fixture.js';
import { gaussian } from './simulated-features.js';
import { singularValues } from './singular-values.js';
import { vendi } from './vendi.js';

const real = (d: number): Features => gaussian(4, ones(d), { seed: 9 });
const score = (x: Features): number => vendi(against(x, real(x.d))).value;

/** The authors' definition as written: the eigenvalues of the n x n matrix K/n. */
function ofTheKernel({ values, n, d }: Features): number {
  const cosine = (i: number, j: number): number => {
    let [dot, a, b] = [0, 0, 0];
    for (let c = 0; c < d; c++) [dot, a, b] = [dot + values[i * d + c]! * values[j * d + c]!, a + values[i * d + c]! ** 2, b + values[j * d + c]! ** 2];
    return dot / Math.sqrt(a * b);
  };
  const kernel = Float64Array.from({ length: n * n }, (_, at) => cosine(Math.floor(at / n), at % n) / n);
  // of a symmetric matrix without negative eigenvalues the singular values are these
  return Math.exp(-singularValues(kernel, n, n).reduce((sum, w) => sum + (w > 1e-15 ? w * Math.log(w) : 0), 0));
}

const points = fc.record({ n: fc.integer({ min: 2, max: 30 }), d: fc.integer({ min: 1, max: 12 }), shift: fc.double({ min: 0, max: 2, noNaN: true }), seed: fc.nat() })
  .map(({ n, d, shift, seed }) => gaussian(n, ones(d), { seed, shift }));

describe('the Vendi score', () => {
  it('is the one of the kernel\'s own eigenvalues, with more images than features and with fewer', () => {
    fc.assert(fc.property(points, (x) => expect(score(x)).toBeCloseTo(ofTheKernel(x), 8)), { numRuns: 50 });
  });

  it.each([[1, 'images that are all the same', [3, 4, 6, 8, 9, 12]], [3, 'images that have nothing in common', [2, 0, 0, 0, 5, 0, 0, 0, 1]]] as const)('is %d for %s', (expected, _, values) => {
    expect(score({ values: Float64Array.from(values), n: 3, d: values.length / 3 })).toBeCloseTo(expected, 12);
  });

  it('of groups that have nothing in common is the exponential of the entropy of their sizes', () => {
    const x = { values: Float64Array.from([1, 0, 2, 0, 3, 0, 0, 1]), n: 4, d: 2 };
    expect(score(x)).toBeCloseTo(Math.exp(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))), 12);
  });

  it('does not depend on order, on a rotation, on the length of features, or on each image being there twice', () => {
    fc.assert(fc.property(points, (x) => {
      const expected = score(x);
      expect(score(reversed(x))).toBeCloseTo(expected, 10);
      expect(score(mapped(x, rotation(x.d, 3)))).toBeCloseTo(expected, 10);
      expect(score({ ...x, values: x.values.map((value, at) => value * (1 + Math.floor(at / x.d))) })).toBeCloseTo(expected, 10);
      expect(score(picked(x, Array.from({ length: 2 * x.n }, (_, i) => i % x.n)))).toBeCloseTo(expected, 10);
      expect(expected).toBeGreaterThan(1 - 1e-12);
      expect(expected).toBeLessThan(Math.min(x.n, x.d) + 1e-9);
    }), { numRuns: 30 });
  });

  it('takes images whose features are all 0 as alike and as unlike any other', () => {
    expect(score({ values: Float64Array.from([1, 2, 0, 0, 2, 4, 0, 0]), n: 4, d: 2 })).toBeCloseTo(2, 12);
    expect(score({ values: new Float64Array(6), n: 3, d: 2 })).toBe(1);
    expect(() => score({ values: Float64Array.from([1, 2, 1e200, 0]), n: 2, d: 2 })).toThrow('image 1 are too large to be squared');
  });
});
