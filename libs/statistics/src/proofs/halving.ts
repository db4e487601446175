import { halved } from '../halving.js';
import { normalCdf } from '../normal-cdf.js';
import { normal, seededRandom, type Random } from '../random.js';
import { grid } from '../simulated.js';
import { meanOf } from '../trial.js';
import type { Proof, Simulation } from './proof.js';

const [seeds, factor] = [3, 2];

/** Of a halving: true means at each length, and the correlation of what a training seed does at one length with what it does at the next, of which it is the beginning. */
interface Field {
  means: readonly (readonly number[])[];
  shared: number;
}

interface Halving {
  winner: number;
  /** Mean score of the winner at the end, by the training runs that it won with. */
  score: number;
  /** Of new training runs. */
  again: number;
}

/** A halving from the first length to the last; a training run's own part has the standard deviation 1 at every length. */
function raced(random: Random, { means, shared }: Field): Halving {
  let left = [...means.keys()];
  let own = means.map(() => Array.from({ length: seeds }, () => normal(random)));
  const last = means[0]!.length - 1;
  for (let length = 0; length < last; length++) {
    const { order, kept } = halved(left.map((i) => grid(own[i]!.map((value) => [means[i]![length]! + value]))), { better: 'lower', factor });
    left = order.slice(0, kept).map((place) => left[place]!);
    own = own.map((values) => values.map((value) => shared * value + Math.sqrt(1 - shared ** 2) * normal(random)));
  }
  const { order } = halved(left.map((i) => grid(own[i]!.map((value) => [means[i]![last]! + value]))), { better: 'lower', factor });
  const winner = left[order[0]!]!;
  const mean = means[winner]![last]!;
  return { winner, score: mean + meanOf(own[winner]!), again: mean + meanOf(Array.from({ length: seeds }, () => normal(random))) };
}

const steps = Array.from({ length: 8 }, (_, i) => i);
const everywhere = (means: readonly number[]): number[][] => means.map((mean) => [mean, mean, mean, mean]);
/** As many, but the best starts five standard deviations behind where it ends. */
const late = steps.map((mean, i) => (i === 0 ? [mean + 5, mean, mean, mean] : [mean, mean, mean, mean]));

/** How often halving ends with the truly best, of eight at four lengths; how far the winner's own score flatters it, and that new training runs do not. */
export function halvingProofs({ runs, seed }: Simulation): Proof[] {
  const random = seededRandom(seed + 6);
  const simulatedOf = (field: Field): Halving[] => Array.from({ length: runs }, () => raced(random, field));
  const best = (field: Field): number => simulatedOf(field).filter(({ winner }) => winner === 0).length / runs;
  const two = normalCdf(1 / Math.sqrt(2 / seeds));
  const wide = 5 * Math.sqrt((two * (1 - two)) / runs);
  const none = 5 / Math.sqrt(seeds * runs);
  const flattery = [0, 0.9].flatMap((shared): Proof[] => {
    const all = simulatedOf({ means: everywhere(steps.map(() => 0)), shared });
    const words = shared === 0 ? 'from scratch at each length' : 'going on from shorter ones';
    return [
      { part: 'optimism', name: `halving of 8, ${words}: the score of the winner`, promise: null, measured: meanOf(all.map(({ score }) => score)) },
      { part: 'optimism', name: `halving of 8, ${words}: the winner on new training runs`, promise: { low: -none, high: none }, measured: meanOf(all.map(({ again }) => again)) },
    ];
  });
  return [
    { part: 'halving', name: '2, a step of 1: the better goes on, as often as normal scores promise', promise: { low: Math.floor(100 * (two - wide)) / 100, high: Math.ceil(100 * (two + wide)) / 100 }, measured: best({ means: [[0], [1]], shared: 0 }) },
    { part: 'halving', name: '8 in steps of 1: ends with the best', promise: null, measured: best({ means: everywhere(steps), shared: 0.9 }) },
    { part: 'halving', name: '8 in steps of 1, the best 5 worse at the first length: ends with the best', promise: null, measured: best({ means: late, shared: 0.9 }) },
    ...flattery,
  ];
}
