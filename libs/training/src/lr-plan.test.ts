import { learningRatePlanSchema } from '@elucidate/experiment/recipe-grammar';
import { rateAt } from './lr-plan.js';

/** A plan as written in a sweep file, at a fraction of 1,000 images. */
const at = (plan: object, fraction: number) => rateAt(learningRatePlanSchema.parse(plan), { seen: 1000 * fraction, images: 1000 });
const factor = (plan: object, fraction: number) => at(plan, fraction).factor;

describe('one-cycle', () => {
  const plan = { kind: 'one-cycle' };

  it('starts at a twenty-fifth of the peak, reaches the peak where the warm-up ends, and ends at zero', () => {
    expect(factor(plan, 0)).toBeCloseTo(0.04, 12);
    expect(factor(plan, 0.1)).toBeCloseTo(1, 12);
    expect(factor(plan, 1)).toBeCloseTo(0, 12);
  });

  it('is half the peak in the middle of its second leg', () => {
    expect(factor({ ...plan, warmUp: 0.2 }, 0.6)).toBeCloseTo(0.5, 12);
  });

  it('leaves beta1 alone by default', () => {
    expect(at(plan, 0.05)).toEqual({ factor: expect.any(Number) });
  });

  // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=1001): pct_start 0.3, anneal cos, div_factor 25, final_div_factor 1e4, base_momentum 0.85, max_momentum 0.95;
  // its warm-up ends at step 0.3 * 1001 - 1, ours at 0.3 of the way, so ours is evaluated where its own progress is the same
  const lesson = { kind: 'one-cycle', warmUp: 0.3, shape: 'cosine', end: 4e-6, beta1High: 0.95, beta1Low: 0.85 };
  it.each([
    [0, 0.04, 0.95],
    [0.15, 0.04 + 0.96 / 2, 0.9],
    [0.3, 1, 0.85],
    [0.65, (1 + 4e-6) / 2, 0.9],
    [1, 4e-6, 0.95],
  ])('equals PyTorch\'s with its arguments, at %d of the run', (fraction, rate, beta1) => {
    expect(factor(lesson, fraction)).toBeCloseTo(rate, 12);
    expect(at(lesson, fraction).beta1).toBeCloseTo(beta1, 12);
  });
});

describe('hold', () => {
  it('rises linearly from 0 and stays', () => {
    const plan = { kind: 'hold', warmUpImages: 200 };
    expect([0, 0.05, 0.1, 0.2, 0.5, 1].map((fraction) => factor(plan, fraction))).toEqual([0, 0.25, 0.5, 1, 1, 1]);
    expect(factor({ kind: 'hold' }, 0)).toBe(1);
  });
});

describe('cosine', () => {
  it('follows the first part of a half cosine, to its end', () => {
    const plan = { kind: 'cosine', warmUpImages: 100, part: 0.7 };
    expect(factor(plan, 0.05)).toBeCloseTo(0.5, 12);
    expect(factor(plan, 0.1)).toBeCloseTo(1, 12);
    expect(factor(plan, 0.55)).toBeCloseTo((1 + Math.cos(0.35 * Math.PI)) / 2, 12);
    expect(factor(plan, 1)).toBeCloseTo((1 + Math.cos(0.7 * Math.PI)) / 2, 12);
    expect(factor({ kind: 'cosine', end: 0.1 }, 1)).toBeCloseTo(0.1, 12);
  });
});

describe('polynomial', () => {
  it('falls as a power of the fraction left', () => {
    const plan = { kind: 'polynomial', warmUpImages: 200, power: 2, end: 0.5 };
    expect(factor(plan, 0.6)).toBeCloseTo(0.5 + 0.5 * 0.25, 12);
    expect(factor(plan, 1)).toBeCloseTo(0.5, 12);
    expect(factor({ kind: 'polynomial' }, 0.25)).toBeCloseTo(0.75, 12);
  });
});

describe.each(['one-cycle', 'hold', 'cosine', 'polynomial'])('%s', (kind) => {
  it('changes without a jump, up to the peak and no further', () => {
    const plan = kind === 'one-cycle' ? { kind, warmUp: 0.3 } : { kind, warmUpImages: 300 };
    const rates = Array.from({ length: 1001 }, (_, i) => factor(plan, i / 1000));
    expect(Math.max(...rates)).toBeCloseTo(1, 12);
    rates.slice(1).forEach((rate, i) => {
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(Math.abs(rate - rates[i]!)).toBeLessThan(0.005);
    });
  });

  it('is finite in a run shorter than its warm-up', () => {
    const plan = kind === 'one-cycle' ? { kind, warmUp: 0.99 } : { kind, warmUpImages: 5000 };
    for (const fraction of [0, 0.5, 1]) expect(Number.isFinite(factor(plan, fraction))).toBe(true);
  });
});
