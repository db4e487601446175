import { exponentOf, exponentOfHalfLife, powerDecay, type Profile, profileProduct, reconstruction, snapshotProfiles, snapshotSteps, stdOf } from './power-average.js';

/** The weight of each of `steps` equal steps in an average kept directly. */
function keptDirectly(exponent: number, steps: number): Float64Array {
  const weights = new Float64Array(steps);
  for (let seen = 1; seen <= steps; seen++) {
    const decay = powerDecay(exponent, { seen, before: seen - 1 });
    for (let step = 0; step < seen - 1; step++) weights[step]! *= decay;
    weights[seen - 1] = 1 - decay;
  }
  return weights;
}

/** The integral of a profile over each of `steps` equal steps of `length`, in closed form. */
const inClosedForm = ({ exponent, images }: Profile, { steps, length }: { steps: number; length: number }): number[] =>
  Array.from({ length: steps }, (_, i) => Math.min(1, ((i + 1) * length) / images) ** (exponent + 1) - Math.min(1, (i * length) / images) ** (exponent + 1));

describe.each([0.01, 0.02, 0.05, 0.1, 0.2, 0.25])('the power function of standard deviation %d', (std) => {
  const exponent = exponentOf(std);

  it('has the exponent that is the largest root of the cubic of the EDM2 code', () => {
    expect(stdOf(exponent)).toBeCloseTo(std, 12);
    const at = (x: number) => x ** 3 + 7 * x ** 2 + (16 - std ** -2) * x + 12 - std ** -2;
    expect(Math.abs(at(exponent)) / exponent ** 3).toBeLessThan(1e-7);
    expect(at(exponent * 1.01)).toBeGreaterThan(0);
  });

  it('has that standard deviation over its length', () => {
    const steps = 20_000;
    const weights = inClosedForm({ exponent, images: 1 }, { steps, length: 1 / steps });
    const mean = weights.reduce((sum, weight, i) => sum + (weight * (i + 0.5)) / steps, 0);
    const variance = weights.reduce((sum, weight, i) => sum + weight * ((i + 0.5) / steps - mean) ** 2, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(std, 4);
  });

  it('gives each step of an average kept directly its integral over the step', () => {
    const closed = inClosedForm({ exponent, images: 150 }, { steps: 150, length: 1 });
    keptDirectly(exponent, 150).forEach((weight, i) => expect(weight).toBeCloseTo(closed[i]!, 12));
  });

  it('is reconstructed from the snapshots of two others', () => {
    const after = snapshotSteps(100_000, 100);
    const { coefficients, error } = reconstruction(snapshotProfiles(after))({ exponent, images: 100_000 });
    expect(coefficients.reduce((sum, coefficient) => sum + coefficient, 0)).toBeCloseTo(1, 10);
    expect(error).toBeLessThan(std >= 0.04 && std <= 0.1 ? 1e-4 : 2e-2);
  });
});

it('has half its weight on the last images of a half-life, and weighs all alike at half the length', () => {
  for (const share of [0.01, 0.05, 0.3]) expect(1 - (1 - share) ** (exponentOfHalfLife(share) + 1)).toBeCloseTo(0.5, 12);
  expect(exponentOfHalfLife(0.5)).toBeCloseTo(0, 12);
  expect(stdOf(0)).toBeCloseTo(Math.sqrt(1 / 12), 12);
});

it('multiplies two profiles as a sum over small steps does', () => {
  for (const [a, b] of [[{ exponent: 3, images: 80 }, { exponent: 7.5, images: 100 }], [{ exponent: 17, images: 100 }, { exponent: 6.9, images: 60 }], [{ exponent: 0, images: 50 }, { exponent: 2, images: 50 }]] as const) {
    const grid = { steps: 40_000, length: 100 / 40_000 };
    const [first, second] = [inClosedForm(a, grid), inClosedForm(b, grid)];
    const sum = first.reduce((total, weight, i) => total + (weight * second[i]!) / grid.length, 0);
    expect(profileProduct(a, b) / sum).toBeCloseTo(1, 3);
    expect(profileProduct(b, a)).toBeCloseTo(profileProduct(a, b), 14);
  }
});

it('is itself when it is among the snapshots', () => {
  const profiles = snapshotProfiles([20, 40, 60, 80, 100]);
  const { coefficients, error } = reconstruction(profiles)(profiles.at(-1)!);
  expect(Array.from(coefficients, (coefficient) => Math.abs(coefficient))).toEqual([...profiles.slice(1).map(() => expect.closeTo(0, 8) as number), expect.closeTo(1, 8)]);
  expect(error).toBeLessThan(1e-6);
});

it('takes every step once and ends at the last, however few there are', () => {
  for (const [steps, count] of [[1000, 64], [10, 64], [1, 8], [5000, 200]] as const) {
    const found = snapshotSteps(steps, count);
    expect(found.at(-1)).toBe(steps);
    expect(found[0]).toBeGreaterThanOrEqual(1);
    expect(found.every((step, i) => i === 0 || step > found[i - 1]!)).toBe(true);
    expect(found.length).toBeLessThanOrEqual(count);
  }
  expect(snapshotSteps(0, 8)).toEqual([]);
});
