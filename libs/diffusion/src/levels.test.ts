import { gammaOf, gammaOfLogSnr, logSnrOf, logSnrOfSigma, sigmaOf, sigmaOfLogSnr } from './levels.js';
import { scheduleOf } from './schedules.js';

describe.each([0.1, 0.5, 1, 1.507])('levels at input scale %p', (b) => {
  const gammas = [1e-9, 1e-4, 0.1, 0.5, 0.9, 1 - 1e-6];

  it('convert gamma to sigma and back', () => {
    for (const gamma of gammas) expect(gammaOf(sigmaOf(gamma, b), b) / gamma).toBeCloseTo(1, 12);
    expect(sigmaOf(1, b)).toBe(0);
    expect(gammaOf(0, b)).toBe(1);
  });

  it('convert gamma to log-SNR and back', () => {
    for (const gamma of gammas) expect(gammaOfLogSnr(logSnrOf(gamma, b), b) / gamma).toBeCloseTo(1, 12);
  });

  it('have the same log-SNR, computed from gamma or from sigma', () => {
    for (const gamma of gammas) {
      expect(logSnrOfSigma(sigmaOf(gamma, b))).toBeCloseTo(logSnrOf(gamma, b), 9);
      expect(sigmaOfLogSnr(logSnrOf(gamma, b)) / sigmaOf(gamma, b)).toBeCloseTo(1, 9);
    }
  });

  it('have a log-SNR that input scale shifts by 2 ln b', () => {
    for (const gamma of gammas) expect(logSnrOf(gamma, b) - logSnrOf(gamma, 1)).toBeCloseTo(2 * Math.log(b), 12);
  });

  it('have sigma = tan(pi t/2)/b on the cosine schedule and sqrt(t/(1 - t))/b on the linear one', () => {
    const cosine = scheduleOf({ kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 });
    const linear = scheduleOf({ kind: 'linear', clipMin: 1e-9 });
    for (const t of [0.01, 0.3, 0.5, 0.8, 0.99]) {
      expect(sigmaOf(cosine.gamma(t), b) / (Math.tan((Math.PI * t) / 2) / b)).toBeCloseTo(1, 11);
      expect(sigmaOf(linear.gamma(t), b) / (Math.sqrt(t / (1 - t)) / b)).toBeCloseTo(1, 12);
    }
  });
});

it('the log-SNR where clipMin is 1e-9 is -20.723', () => {
  expect(logSnrOf(1e-9, 1)).toBeCloseTo(-20.723, 3);
});

it('the noise power of a log-SNR is the signal power of its opposite, however small', () => {
  for (const logSnr of [-30, -2, 0, 5]) expect(gammaOfLogSnr(logSnr, 1) + gammaOfLogSnr(-logSnr, 1)).toBeCloseTo(1, 15);
  // 1/(1 + e^60)
  expect(gammaOfLogSnr(-60, 1) / 8.756510762696521e-27).toBeCloseTo(1, 13);
});
