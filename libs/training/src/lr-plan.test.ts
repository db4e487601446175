import { oneCycle } from './lr-plan.js';

describe('oneCycle', () => {
  it('starts at a twenty-fifth of the peak, reaches the peak where the warm-up ends, and ends at zero', () => {
    expect(oneCycle(0, { peak: 1 })).toBeCloseTo(0.04, 12);
    expect(oneCycle(0.1, { peak: 1 })).toBeCloseTo(1, 12);
    expect(oneCycle(1, { peak: 1 })).toBeCloseTo(0, 12);
  });

  it('is half the peak in the middle of its second leg', () => {
    expect(oneCycle(0.6, { peak: 3, warmUp: 0.2 })).toBeCloseTo(1.5, 12);
  });

  it('rises to the peak without a jump, then falls', () => {
    const rates = Array.from({ length: 1001 }, (_, i) => oneCycle(i / 1000, { peak: 1, warmUp: 0.3 }));
    const top = rates.indexOf(Math.max(...rates));
    expect(top).toBe(300);
    rates.slice(1).forEach((rate, i) => {
      expect(Math.sign(rate - rates[i]!)).toBe(i < top ? 1 : -1);
      expect(Math.abs(rate - rates[i]!)).toBeLessThan(0.004);
    });
  });
});
