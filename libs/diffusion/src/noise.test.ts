import * as tf from '@tensorflow/tfjs-core';
import { imageSeed, noiseSource, randomStream } from './noise.js';

/** Standard errors of the sample moments of n standard normals, times 4: one run in 16,000 would be further off. */
const within = (n: number, variance: number) => 4 * Math.sqrt(variance / n);

describe('randomStream', () => {
  it('gives pinned numbers', () => {
    // recorded from this implementation: a change here changes every result ever computed
    const stream = randomStream([7, 1]);
    expect([stream.uniform(), stream.normal(), stream.integer(1000)]).toEqual([0.7867631040044061, 0.8064707351684819, 64]);
  });

  it('is uniform in [0, 1)', () => {
    const stream = randomStream(3);
    const n = 50_000;
    const values = Array.from({ length: n }, () => stream.uniform());
    const bins = new Array<number>(20).fill(0);
    for (const value of values) bins[Math.floor(value * 20)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - n / 20) ** 2 / (n / 20), 0);
    // 99.99th percentile of chi-square with 19 degrees of freedom
    expect(chiSquare).toBeLessThan(50.8);
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
  });

  it('has normals with the first four moments of a normal', () => {
    const stream = randomStream([1, 2, 3]);
    const n = 100_000;
    const values = Array.from({ length: n }, () => stream.normal());
    const moment = (k: number) => values.reduce((sum, x) => sum + x ** k, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(within(n, 1));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(within(n, 2));
    expect(Math.abs(moment(3))).toBeLessThan(within(n, 15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(within(n, 96));
  });

  it('neither repeats itself nor correlates with its neighbour', () => {
    const n = 20_000;
    const draw = (name: number | number[]) => {
      const stream = randomStream(name);
      return Array.from({ length: n }, () => stream.normal());
    };
    const correlation = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0) / n;
    const base = draw([5, 8]);
    for (const other of [[5, 9], [6, 8], [8, 5], [5, 8, 0], [5 + 2 ** 32, 8]]) {
      expect(Math.abs(correlation(base, draw(other)))).toBeLessThan(within(n, 1));
    }
    expect(Math.abs(correlation(base, base.slice(1)))).toBeLessThan(within(n, 1));
  });

  it('draws integers below a bound, each equally often', () => {
    const stream = randomStream(11);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 14_000; i++) counts[stream.integer(7)]! += 1;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(2000));
  });
});

describe('imageSeed', () => {
  it('gives safe integers, all of 200,000 different, of which 32 bits would repeat about five', () => {
    const seeds = new Set<number>();
    for (let seed = 0; seed < 10; seed++) {
      for (let index = 0; index < 20_000; index++) seeds.add(imageSeed(seed, index));
    }
    expect(seeds.size).toBe(200_000);
    expect([...seeds].slice(0, 1000).every(Number.isSafeInteger)).toBe(true);
  });
});

describe('noiseSource', () => {
  const seeds = [imageSeed(1, 0), imageSeed(1, 1), imageSeed(1, 2)];
  const draws = (of: number[]) => {
    const source = noiseSource(of, [2, 3, 1]);
    return [source.next(), source.next()].map((tensor) => {
      const values = tensor.arraySync();
      tensor.dispose();
      return values;
    });
  };

  it('gives each image its own noise, whatever the batch and its order', () => {
    const whole = draws(seeds);
    const turned = draws([...seeds].reverse());
    seeds.forEach((seed, image) => {
      const alone = draws([seed]);
      for (const draw of [0, 1]) {
        expect(alone[draw]![0]).toEqual(whole[draw]![image]);
        expect(turned[draw]![seeds.length - 1 - image]).toEqual(whole[draw]![image]);
      }
    });
  });

  it('gives new noise at each draw', () => {
    const [first, second] = draws(seeds);
    expect(first).not.toEqual(second);
  });

  it('leaves no tensor but the one it returns', () => {
    const before = tf.memory().numTensors;
    const noise = noiseSource(seeds, [4, 4, 2]).next();
    expect(noise.shape).toEqual([3, 4, 4, 2]);
    noise.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
