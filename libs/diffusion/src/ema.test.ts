import { averagedArray, decayOf } from './ema.js';

describe('the average of weights', () => {
  it('halves the weight of the past in one half-life, whatever the batch', () => {
    for (const batch of [1, 64, 1000]) expect(decayOf(500_000, batch) ** (500_000 / batch)).toBeCloseTo(0.5, 10);
  });

  it('has a decay of 0.9999 per batch of 1024 with a half-life of 7.1 million images', () => {
    // ln 2 / -ln 0.9999 = 6931.13 updates
    expect(decayOf(1024 * 6931.13, 1024)).toBeCloseTo(0.9999, 9);
  });

  it('of n steps from 0 towards 1 is 1 - decay^n', () => {
    let average = new Float32Array([0, 0]);
    const decay = 0.9;
    for (let step = 1; step <= 30; step++) {
      average = averagedArray(average, new Float32Array([1, -2]), decay) as Float32Array<ArrayBuffer>;
      expect(average[0]).toBeCloseTo(1 - decay ** step, 6);
      expect(average[1]).toBeCloseTo(-2 * (1 - decay ** step), 6);
    }
  });

  it('leaves both inputs unchanged', () => {
    const [average, weights] = [new Float32Array([1, 2, 3]), new Float32Array([3, 2, 1])];
    expect(Array.from(averagedArray(average, weights, 0.75))).toEqual([1.5, 2, 2.5]);
    expect([Array.from(average), Array.from(weights)]).toEqual([[1, 2, 3], [3, 2, 1]]);
  });
});
