import { ancestralSplit } from '../tableau.js';
import { endOf } from '../samplers.fixture.js';
import { endOnGaussian } from '../scalar-run.fixture.js';
import { dpmppSde } from './dpmpp-sde.js';

const [sigma, next] = [3, 0.8];

describe('dpmpp-sde', () => {
  it.each([[1, 0.5], [0.4, 0.5], [1, 0.2], [0.7, 1]])('at eta %p and r %p draws its noise from one Brownian path in sigma', (eta, r) => {
    const std = 0.5;
    const mid = sigma ** (1 - r) * next ** r;
    const [inner, outer] = [ancestralSplit(sigma, mid, eta), ancestralSplit(sigma, next, eta)];
    const [k, kMid] = [sigma, mid].map((level) => std ** 2 / (std ** 2 + level ** 2)) as [number, number];
    const share = 1 / (2 * r);
    const away = 1 - outer.down / sigma;
    const toMid = inner.down / sigma + (1 - inner.down / sigma) * k;
    const ofState = outer.down / sigma + away * ((1 - share) * k + share * kMid * toMid);
    const ofInner = away * share * kMid * inner.up;
    // the second interval contains the first
    const correlation = Math.sqrt((sigma - mid) / (sigma - next));
    const variance = (ofState * sigma) ** 2 + ofInner ** 2 + outer.up ** 2 + 2 * ofInner * outer.up * correlation;
    expect(endOnGaussian(dpmppSde({ eta, r }), { mean: 0, std }, [sigma, next]).std).toBeCloseTo(Math.sqrt(variance), 12);
  });

  it.each([[1, 0.5], [0.4, 0.3], [1, 1]])('at eta %p and r %p adds noise of the ancestral split\'s variance', (eta, r) => {
    expect(Math.hypot(...endOf(dpmppSde({ eta, r }), [sigma, next]).noise)).toBeCloseTo(ancestralSplit(sigma, next, eta).up, 12);
    expect(endOnGaussian(dpmppSde({ eta, r }), { mean: 0.7, std: 0 }, [sigma, next]).std).toBeCloseTo(next, 12);
  });
});
