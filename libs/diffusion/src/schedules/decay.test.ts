import { betaLinear, vp } from './decay.js';

const clipMin = 1e-9;

/** alphaBar_j of DDPM, by multiplication. */
function alphaBars(betaMin: number, betaMax: number, steps: number): number[] {
  const products = [1];
  for (let i = 0; i < steps; i++) products.push(products[i]! * (1 - (betaMin + ((betaMax - betaMin) * i) / (steps - 1))));
  return products;
}

it.each([[1e-4, 0.02, 1000], [1e-4, 0.01, 1000], [0.02, 0.02, 50], [0.1, 0.9, 2]])('beta-linear(%p, %p, %p) has DDPM\'s alphaBar at its levels', (betaMin, betaMax, steps) => {
  const schedule = betaLinear({ betaMin, betaMax, steps, clipMin });
  alphaBars(betaMin, betaMax, steps).forEach((alphaBar, j) => {
    expect(Math.abs(schedule.gamma(j / steps) / alphaBar - 1)).toBeLessThan(1e-12);
  });
});

it('beta-linear interpolates geometrically between its levels', () => {
  const schedule = betaLinear({ betaMin: 1e-4, betaMax: 0.02, steps: 1000, clipMin });
  for (const j of [0, 1, 500, 999]) {
    const [from, to] = [schedule.gamma(j / 1000), schedule.gamma((j + 1) / 1000)];
    expect(schedule.gamma((j + 0.25) / 1000) / (from ** 0.75 * to ** 0.25)).toBeCloseTo(1, 12);
  }
});

it('the inverse of beta-linear recovers every level', () => {
  const schedule = betaLinear({ betaMin: 1e-4, betaMax: 0.02, steps: 1000, clipMin });
  const errors = Array.from({ length: 999 }, (_unused, i) => Math.abs(schedule.t(schedule.gamma((i + 1) / 1000)) - (i + 1) / 1000));
  expect(Math.max(...errors)).toBeLessThan(1e-12);
});

it('a last beta of 1 ends at clipMin', () => {
  const schedule = betaLinear({ betaMin: 0.1, betaMax: 1, steps: 10, clipMin });
  expect(schedule.gamma(1)).toBe(clipMin);
  expect(schedule.gamma(0.9)).toBeGreaterThan(clipMin);
});

it.each([[19.9, 0.1], [2, 5]])('vp(%p, %p) is EDM\'s sigma(t), and its t the inverse of EDM\'s code', (betaD, betaMin) => {
  const schedule = vp({ betaD, betaMin, clipMin });
  for (const t of [0.001, 0.1, 0.5, 0.9, 1]) {
    const sigma = Math.sqrt(Math.expm1((betaD * t ** 2) / 2 + betaMin * t));
    expect(Math.exp(-schedule.logSnr(t) / 2) / sigma).toBeCloseTo(1, 13);
    expect(schedule.gamma(t) * (1 + sigma ** 2)).toBeCloseTo(1, 13);
    const inverse = (Math.sqrt(betaMin ** 2 + 2 * betaD * Math.log1p(sigma ** 2)) - betaMin) / betaD;
    expect(schedule.t(schedule.gamma(t))).toBeCloseTo(inverse, 12);
  }
});
