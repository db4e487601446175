import { chooseCapacity, type CapacityFacts } from './capacity.js';
import type { Scaling } from './scaling.js';

const gib = 2 ** 30;
const engine = { backend: 'simd', device: 'AMD EPYC' } as const;
const roomy = { budget: 64 * gib, stage: 2 * gib, stageName: 'a training' };

function scaling(...rows: [slots: number, threads: number, imagesPerSecond: number][]): Scaling {
  return {
    engine: { ...engine, version: '1' }, cores: 8, node: 'v20', workload: { network: 'small', batch: 32, resolution: 32 }, measuredAt: '',
    rows: rows.map(([slots, threads, imagesPerSecond]) => ({ slots, threads, imagesPerSecond })),
  };
}

const choose = (facts: Partial<CapacityFacts>) => chooseCapacity({ engine, cores: 8, requested: {}, memory: roomy, ...facts });

describe('chooseCapacity', () => {
  it.each<[string, Partial<CapacityFacts>, { slots: number; threads: number }]>([
    ['a single-threaded slot for each core where nothing was measured', {}, { slots: 8, threads: 1 }],
    ['the fastest division measured', { scaling: scaling([1, 8, 60], [2, 4, 100], [4, 2, 90], [8, 1, 70]) }, { slots: 2, threads: 4 }],
    ['of divisions as fast the one with the fewest threads', { scaling: scaling([1, 8, 100], [4, 2, 97], [8, 1, 96]) }, { slots: 8, threads: 1 }],
    ['what is fastest of what fits in memory', { scaling: scaling([1, 8, 60], [2, 4, 90], [8, 1, 100]), memory: { ...roomy, budget: 4.5 * gib } }, { slots: 2, threads: 4 }],
    ['no more slots than fit in memory', { memory: { ...roomy, budget: 7 * gib } }, { slots: 3, threads: 1 }],
    ['one slot where not even one training fits', { memory: { ...roomy, budget: gib } }, { slots: 1, threads: 1 }],
    ['one slot on a GPU', { engine: { backend: 'tensorflow', device: 'GPU' } }, { slots: 1, threads: 1 }],
    ['what was requested, memory or not', { requested: { slots: 16, threads: 2 }, memory: { ...roomy, budget: gib } }, { slots: 16, threads: 2 }],
    ['slots that fill the cores with the threads requested', { requested: { threads: 3 } }, { slots: 2, threads: 3 }],
    ['the threads measured with the slots requested', { requested: { slots: 2 }, scaling: scaling([2, 4, 50], [8, 1, 100]) }, { slots: 2, threads: 4 }],
    ['one thread for slots that were not measured', { requested: { slots: 3 }, scaling: scaling([2, 4, 50], [8, 1, 100]) }, { slots: 3, threads: 1 }],
  ])('takes %s', (_, facts, division) => {
    expect(choose(facts)).toMatchObject(division);
  });

  it.each<[Partial<CapacityFacts>, RegExp]>([
    [{}, /doctor --calibrate/],
    [{ scaling: scaling([1, 8, 60], [8, 1, 70]) }, /8 stages x 1 thread: measured 70.0 images\/s trained, against 1 x 8 60.0/],
    [{ memory: { ...roomy, budget: 7 * gib } }, /no more than 3/],
    [{ memory: { ...roomy, budget: gib } }, /2.0 GiB, and stages may take 1.0 GiB: not even one fits/],
    [{ requested: { slots: 8 }, memory: { ...roomy, budget: gib } }, /8 at once will not fit/],
  ])('says why: %j', (facts, reason) => {
    expect(choose(facts).why.join('\n')).toMatch(reason);
  });
});
