import { against, ones, reversed } from './against.fixture.js';
import { clusterCentres } from './clusters.js';
import { dataCopying, type CopyingCell } from './data-copying.js';
import { picked, rows, type Features } from './features.js';
import { nearestOf } from './nearest.js';
import { gaussian } from './simulated-features.js';

const score = (generated: Features, test: Features, training: Features, cells = 1) => dataCopying(against(generated, test, training), { cells });
const draws = (n: number, seed: number, shift = 0): Features => gaussian(n, ones(3), { seed, shift });
const together = (a: Features, b: Features): Features => ({ values: Float64Array.from([...a.values, ...b.values]), n: a.n + b.n, d: a.d });

/** The authors' code, data_copying_tests.py, without its continuity correction: distances within the cell, U counted pair by pair. */
function asPublished(generated: Features, test: Features, training: Features, k: number): number {
  const centres = clusterCentres(training, k);
  const cellOf = ({ values, d }: Features, i: number): number => {
    const distances = Array.from({ length: k }, (_, cell) => Array.from({ length: d }, (__, c) => (values[i * d + c]! - centres.values[cell * d + c]!) ** 2).reduce((sum, x) => sum + x, 0));
    return distances.indexOf(Math.min(...distances));
  };
  const inCell = (x: Features, cell: number): number[] => Array.from({ length: x.n }, (_, i) => i).filter((i) => cellOf(x, i) === cell);
  let [sum, weights] = [0, 0];
  for (let cell = 0; cell < k; cell++) {
    const [q, p, t] = [inCell(generated, cell), inCell(test, cell), inCell(training, cell)];
    if (q.length / generated.n <= 20 / generated.n || p.length === 0) continue;
    const distance = (x: Features, i: number): number => Math.min(...t.map((j) => Math.hypot(...Array.from({ length: x.d }, (_, c) => x.values[i * x.d + c]! - training.values[j * x.d + c]!))));
    const [lq, lp] = [q.map((i) => distance(generated, i)), p.map((i) => distance(test, i))];
    const u = lq.flatMap((a) => lp.map((b) => (a > b ? 1 : a === b ? 1 / 2 : 0))).reduce((total: number, x) => total + x, 0);
    const z = (u - (q.length * p.length) / 2) / Math.sqrt((q.length * p.length * (q.length + p.length + 1)) / 12);
    [sum, weights] = [sum + z * p.length, weights + p.length];
  }
  return sum / weights;
}

describe('C_T', () => {
  it.each([1, 2, 5])('is the one of the authors\' code with %d cells', (cells) => {
    for (const shift of [0, 0.5]) {
      const [generated, test, training] = [draws(150, 1, shift), draws(120, 2), draws(200, 3)];
      expect(score(generated, test, training, cells).value).toBeCloseTo(asPublished(generated, test, training, cells), 9);
    }
  });

  it('of copies is -sqrt(3mn/(m+n+1)), the lowest that is possible, and the same above zero for images far from all', () => {
    const [test, training] = [draws(60, 2), draws(80, 3)];
    const lowest = Math.sqrt((3 * 60 * 60) / 121);
    expect(score(rows(training, 0, 60), test, training).value).toBeCloseTo(-lowest, 12);
    expect(score(draws(60, 4, 100), test, training).value).toBeCloseTo(lowest, 12);
  });

  it('has the mean 0 and the variance 1 where generated, test and training images are of one distribution', () => {
    const scores = Array.from({ length: 150 }, (_, seed) => score(draws(40, 3 * seed), draws(40, 3 * seed + 1), draws(60, 3 * seed + 2)).value);
    const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length;
    const variance = scores.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (scores.length - 1);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(150));
    // the training set is one draw for both, so the variance is not exactly that of two independent sets
    expect(variance).toBeGreaterThan(0.6);
    expect(variance).toBeLessThan(1.6);
  });

  it('falls with the share of images that are copied, and finds a tenth', () => {
    const [test, training, own] = [draws(400, 2), draws(300, 3), draws(400, 4)];
    const scores = [0, 40, 200].map((copied) => score(together(rows(training, 0, copied), rows(own, copied, 400)), test, training, 3).value);
    expect(scores[1]!).toBeLessThan(scores[0]!);
    expect(scores[2]!).toBeLessThan(-5);
  });

  it('depends neither on the order of generated and test images nor, without cells, on that of the training images; exchanged sides change its sign', () => {
    const [generated, test, training] = [draws(50, 1, 0.3), draws(50, 2), draws(70, 3)];
    const { value } = score(generated, test, training, 2);
    expect(score(reversed(generated), reversed(test), training, 2).value).toBeCloseTo(value, 12);
    expect(score(generated, test, reversed(training)).value).toBeCloseTo(score(generated, test, training).value, 12);
    expect(score(test, generated, training).value).toBeCloseTo(-score(generated, test, training).value, 12);
  });

  it('takes ties as half, so that copies beside copies are none', () => {
    const training = draws(40, 3);
    expect(score(rows(training, 0, 30), rows(training, 5, 35), training).value).toBe(0);
  });

  it('leaves out cells with few generated images, and says what is in each', () => {
    const [near, far] = [draws(60, 1), draws(60, 2, 50)];
    const { details, value } = score(together(rows(draws(60, 3), 0, 50), rows(far, 0, 10)), together(near, far), together(draws(60, 4), draws(60, 5, 50)), 2);
    const cells = details!['cells'] as CopyingCell[];
    const [few] = cells.filter(({ generated }) => generated === 10);
    const [many] = cells.filter(({ generated }) => generated === 50);
    expect([few!.z, few!.training, many!.training]).toEqual([null, 60, 60]);
    expect(value).toBe(many!.z);
  });

  it('refuses more cells than training images, and images of which no cell has enough', () => {
    expect(() => score(draws(30, 1), draws(30, 2), draws(3, 3), 4)).toThrow('4 cells need at least as many training images, got 3');
    expect(() => score(draws(20, 1), draws(20, 2), draws(30, 3))).toThrow('more than 20 generated ones');
  });
});

describe('k-means', () => {
  it('finds groups that are far apart, and each centre is the mean of its points', () => {
    const points = [0, 40, 80].map((shift, i) => draws(20, i, shift)).reduce(together);
    const centres = clusterCentres(points, 3);
    const { places } = nearestOf(points, centres);
    for (let group = 0; group < 3; group++) {
      const own = [...places.keys()].slice(20 * group, 20 * group + 20);
      expect(new Set(own.map((i) => places[i])).size).toBe(1);
      const members = picked(points, own);
      for (let c = 0; c < 3; c++) expect(centres.values[places[own[0]!]! * 3 + c]).toBeCloseTo([...members.values].filter((_, at) => at % 3 === c).reduce((sum, x) => sum + x, 0) / 20, 12);
    }
  });

  it('of points that are all the same leaves the other centres empty', () => {
    const { places } = nearestOf({ values: new Float64Array(12), n: 6, d: 2 }, clusterCentres({ values: new Float64Array(12), n: 6, d: 2 }, 3));
    expect(new Set(places)).toEqual(new Set([0]));
  });
});
