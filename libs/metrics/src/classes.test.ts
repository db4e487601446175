import { covarianceEigenvalues } from './bias.js';
import { classCoverage, classImbalance, classScores } from './classes.js';
import type { Features } from './features.js';
import { gaussian } from './simulated-features.js';
import { coverage, density } from './manifold.js';
import type { MetricInput } from './metric.js';
import { statistics } from './statistics.js';

const d = 3;
const ones = new Array<number>(d).fill(1);
const names = ['left', 'middle', 'right'];
const centres = [-9, 0, 9];

/** Points around the centre of their class, far from the others. */
function clusters(of: readonly number[], seed: number, spread = 1): Features {
  const points = gaussian(of.length, ones.map(() => spread ** 2), { seed });
  of.forEach((label, i) => (points.values[i * d]! += centres[label]!));
  return points;
}

const cycled = (n: number): number[] => Array.from({ length: n }, (_, i) => i % 3);
const real = cycled(90);
const against = (features: Features, seed = 1): MetricInput => {
  const points = clusters(real, seed);
  const summary = statistics(points);
  return { features, reference: { features: points, statistics: summary, eigenvalues: covarianceEigenvalues(summary), labels: { classes: names, of: Uint16Array.from(real) } } };
};

describe('classes of generated images', () => {
  it('are those of the nearest real images, and a class that is left out is not covered', () => {
    const generated = [...new Array<number>(50).fill(0), ...new Array<number>(25).fill(2)];
    const input = against(clusters(generated, 2));
    const found = classScores(input, 5);
    expect(found.map(({ name, real: of, generated: made }) => [name, of, made])).toEqual([['left', 25, 50], ['middle', 25, 0], ['right', 25, 25]]);
    expect(found[1]).toMatchObject({ coverage: 0, density: null });
    expect(classCoverage(input, { k: 5 }).value).toBe(0);
    // two thirds, none and a third, of a third each
    expect(classImbalance(input).value).toBeCloseTo(1 / 3, 12);
  });

  it.each([[75, 5, 1], [90, 3, 2], [200, 5, 3]])('have coverage and density whose means, weighted by images, are those of all %i images with k %i', (n, k, seed) => {
    const input = against(clusters(cycled(n).map((label) => (label === 1 ? 0 : label)), seed + 10, 1.5));
    const found = classScores(input, k);
    const [reals, made] = [found.reduce((sum, one) => sum + one.real, 0), found.reduce((sum, one) => sum + one.generated, 0)];
    expect([reals, made]).toEqual([Math.min(n, 90), n]);
    expect(found.reduce((sum, one) => sum + one.real * (one.coverage ?? 0), 0) / reals).toBeCloseTo(coverage(input, { k }).value, 12);
    expect(found.reduce((sum, one) => sum + one.generated * (one.density ?? 0), 0) / made).toBeCloseTo(density(input, { k }).value, 12);
  });

  it('of real images are balanced and covered, up to chance', () => {
    const input = against(clusters(cycled(90), 7));
    expect(classImbalance(input).value).toBe(0);
    expect(classCoverage(input, { k: 5 }).value).toBeGreaterThan(0.85);
  });

  it('are those of the first real images where these are fewer than generated ones, and a class that they lack is left out', () => {
    const input = against(clusters(cycled(8), 3));
    const few = { ...input, reference: { ...input.reference, labels: { classes: [...names, 'nowhere'], of: Uint16Array.from(real) } } };
    expect(classScores(few, 2).at(-1)).toEqual({ name: 'nowhere', real: 0, generated: 0, density: null, coverage: null });
    expect(classCoverage(few, { k: 2 }).value).toBe(Math.min(...classScores(few, 2).slice(0, 3).map((one) => one.coverage!)));
  });

  it('are refused without labels', () => {
    const { features, reference: { features: points, statistics: summary, eigenvalues } } = against(clusters(cycled(30), 4));
    expect(() => classImbalance({ features, reference: { features: points, statistics: summary, eigenvalues } })).toThrow('the reference has no labels');
  });
});
