import { fidAtInfinity } from '../fid-at-infinity.js';
import type { Features } from '../features.js';
import { gaussian } from '../simulated-features.js';
import type { Statistics } from '../statistics.js';

/** One thing measured on simulated features of which the true FID is known; as those of libs/statistics. */
export interface ExtrapolationProof {
  part: 'extrapolation';
  name: string;
  measured: number;
  promise: { low: number; high: number } | null;
}

interface Case {
  words: string;
  n: number;
  variances: readonly number[];
  /** Of every mean. */
  shift: number;
  /** An interval around 0 is wider than needed: FID has no slope there. */
  covered: { low: number; high: number };
}

const d = 6;
const even = new Array<number>(d).fill(1);
const uneven = even.map((_, i) => 0.5 + i / 4);
const exact = { low: 0.93, high: 0.97 };
const cases: readonly Case[] = [
  { words: '60 images far from the real ones', n: 60, variances: uneven, shift: 0.5, covered: exact },
  { words: '240 images far from the real ones', n: 240, variances: uneven, shift: 0.5, covered: exact },
  { words: '240 images near the real ones', n: 240, variances: even.map(() => 1.2), shift: 0.2, covered: exact },
  { words: '240 images as good as real ones', n: 240, variances: even, shift: 0, covered: { low: 0.93, high: 1 } },
];

/** N(0, I), known exactly. */
const real: Statistics = { n: Infinity, d, mean: new Float64Array(d), factor: Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0)) };
/** By how much these images move FID to first order, 0 on average (Rippl, Munk and Sturm 2016). Taken off, a few hundred draws show what is left of a bias. */
function firstOrder({ values, n }: Features, { variances, shift }: Case): number {
  let sum = 0;
  for (let row = 0; row < n; row++) {
    variances.forEach((variance, j) => {
      const step = values[row * d + j]! - shift;
      sum += 2 * shift * step + (1 - 1 / Math.sqrt(variance)) * (step ** 2 - variance);
    });
  }
  return sum / n;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What extrapolation leaves of the bias of FID, how near theory is to what it takes off, and how often its interval contains the true FID. */
export function extrapolationProofs({ runs, seed }: { runs: number; seed: number }): ExtrapolationProof[] {
  const few = Math.ceil(runs / 4);
  return cases.flatMap((one, place): ExtrapolationProof[] => {
    const { words, n, variances, shift, covered } = one;
    const truth = variances.reduce((sum, variance) => sum + shift ** 2 + (Math.sqrt(variance) - 1) ** 2, 0);
    const found = Array.from({ length: few }, (_, run) => {
      const features = gaussian(n, variances, { seed: (seed * 4 + place) * 1e6 + run, shift });
      const { value, details } = fidAtInfinity({ features, reference: { features, statistics: real, eigenvalues: Float64Array.from(even) } }, { points: 3 });
      return { value, moved: firstOrder(features, one), ...(details as { low: number; high: number; bias: number; expectedBias: number }) };
    });
    const left = mean(found.map(({ value, moved }) => value - moved)) - truth;
    const bias = left + mean(found.map((drawn) => drawn.bias));
    const part = 'extrapolation' as const;
    return [
      { part, name: `${words}: left of the bias of FID`, promise: { low: -0.1, high: 0.1 }, measured: left / bias },
      { part, name: `${words}: the bias that theory expects, to that of FID`, promise: { low: 0.9, high: 1.1 }, measured: mean(found.map(({ expectedBias }) => expectedBias)) / bias },
      { part, name: `${words}: interval`, promise: covered, measured: mean(found.map(({ low, high }) => Number(low <= truth && truth <= high))) },
    ];
  });
}
