import { betaQuantile } from './beta-quantile.js';

describe('the quantile of the beta distribution', () => {
  const places = [0, 1e-9, 0.01, 0.2, 0.5, 0.77, 0.999, 1];

  it.each(places)('at p = %p is known in closed form', (p) => {
    expect(betaQuantile(p, 1, 1)).toBeCloseTo(p, 14);
    expect(betaQuantile(p, 0.5, 0.5)).toBeCloseTo(Math.sin((Math.PI * p) / 2) ** 2, 13);
    expect(betaQuantile(p, 3, 1)).toBeCloseTo(Math.cbrt(p), 13);
    expect(betaQuantile(p, 1, 4)).toBeCloseTo(1 - (1 - p) ** 0.25, 13);
  });

  it('inverts the integral of the density, u = sin^2', () => {
    const part = (end: number) => Array.from({ length: 40_000 }, (_, i) => ((i + 0.5) / 40_000) * Math.asin(Math.sqrt(end))).reduce((sum, angle) => sum + (Math.sin(angle) * Math.cos(angle)) ** 0.2, 0) * Math.asin(Math.sqrt(end));
    for (const p of [0.1, 0.35, 0.5, 0.9]) expect(part(betaQuantile(p, 0.6, 0.6)) / part(1)).toBeCloseTo(p, 6);
  });

  it('mirrors when the exponents change places', () => {
    for (const p of places) expect(betaQuantile(p, 0.6, 2.5)).toBeCloseTo(1 - betaQuantile(1 - p, 2.5, 0.6), 12);
  });
});
