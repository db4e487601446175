import { randomStream } from '@elucidate/diffusion/noise';
import { pairedNoise } from './noise-pairing.js';

const [n, size] = [24, 37];
const random = randomStream([1, 2]);
const eps = Float32Array.from({ length: n * size }, () => random.normal());
const x0 = Float32Array.from({ length: n * size }, () => 2 * random.uniform() - 1);
const rows = (all: Float32Array) => Array.from({ length: n }, (_, i) => [...all.subarray(i * size, (i + 1) * size)]);
const distance = (noise: Float32Array) => noise.reduce((sum, value, k) => sum + (value - x0[k]!) ** 2, 0);
const immiscible = pairedNoise('immiscible', { x0, eps, n });

describe('immiscible noise of a batch', () => {
  it('is the noise that was drawn, each row given to one image', () => {
    expect(rows(immiscible).sort()).toEqual(rows(eps).sort());
    expect(pairedNoise('independent', { x0, eps, n })).toEqual(eps);
  });

  it('is nearer to the images than as drawn, and nearer than with any two rows exchanged', () => {
    const [least, given] = [distance(immiscible), rows(immiscible)];
    expect(least).toBeLessThan(distance(eps));
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < i; j += 1) {
        const other = given.map((row, k) => (k === i ? given[j]! : k === j ? given[i]! : row));
        expect(distance(Float32Array.from(other.flat()))).toBeGreaterThanOrEqual(least);
      }
    }
  });

  it('goes with its image, whatever the order of images and noise, and whatever the scale of images', () => {
    const turned = (all: Float32Array, by: number) => Float32Array.from(Array.from({ length: n }, (_, i) => rows(all)[(i + by) % n]!).flat());
    expect(pairedNoise('immiscible', { x0: turned(x0, 5), eps: turned(eps, 11), n })).toEqual(turned(immiscible, 5));
    expect(pairedNoise('immiscible', { x0: x0.map((value) => value / 4), eps, n })).toEqual(immiscible);
  });

  it('gives an image that is there alone the noise that was drawn for it', () => {
    expect(pairedNoise('immiscible', { x0: x0.subarray(0, size), eps: eps.subarray(0, size), n: 1 })).toEqual(eps.subarray(0, size));
  });
});
