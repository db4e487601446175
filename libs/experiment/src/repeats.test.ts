import { extendSpec } from './extend-spec.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { seedsOf } from './repeats.js';
import type { Spec } from './spec.js';
import { cellsOf } from './sweep.js';

const base = { name: 'base', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { sampler: { values: [{ kind: 'heun' }, { kind: 'ddim' }] }, steps: { values: [5, 10] } }, seeds: { train: [1, 2], sample: [1] }, train: { network: 'tiny', images: 256, batch: 32 } };
const spec = parseSpec(base);
const [a, b, c] = cellsOf(spec).map(({ config }) => config);
const extended = (of: Spec, extension: Parameters<typeof extendSpec>[1]): Spec => parseSpec(JSON.parse(JSON.stringify(extendSpec(of, extension))));
const trialsOf = (of: Spec) => cellsOf(of).map(({ id }) => planSweep(of).trials.filter(({ cellId }) => cellId === id).map(({ trainSeed, sampleSeed }) => `${trainSeed}/${sampleSeed}`).sort());
const stagesOf = (of: Spec) => new Set(planSweep(of).stages.map(({ id }) => id));

test('some cells get more seeds, each of its train seeds with each of its sample seeds; the others keep theirs', () => {
  const more = parseSpec({ ...base, repeats: [{ cells: [{ sampler: { kind: 'heun' }, steps: 10 }], train: [3] }, { cells: [{ steps: 10 }], sample: [2] }] });
  expect(trialsOf(more)).toEqual([['1/1', '2/1'], ['1/1', '1/2', '2/1', '2/2', '3/1', '3/2'], ['1/1', '2/1'], ['1/1', '1/2', '2/1', '2/2']]);
  expect(cellsOf(more).map(({ id }) => id)).toEqual(cellsOf(spec).map(({ id }) => id));
});

test('cells that are extended alone have the stages that they would have in a sweep with all those seeds', () => {
  const alone = extended(spec, { only: [a!, c!], trainSeeds: [3, 4], sampleSeeds: [2] });
  expect(alone.repeats).toEqual([{ cells: [{ sampler: a!.sampler, steps: 5 }, { sampler: c!.sampler, steps: 5 }], train: [3, 4], sample: [2] }]);
  const all = stagesOf(extended(spec, { trainSeeds: [3, 4], sampleSeeds: [2] }));
  expect([...stagesOf(alone)].filter((id) => !all.has(id))).toEqual([]);
  expect([...stagesOf(spec)].filter((id) => !stagesOf(alone).has(id))).toEqual([]);
  expect(planSweep(alone).trials).toHaveLength(2 * 8 + 2 * 2);
});

test('extensions add up, in any order; one of seeds that are there changes nothing', () => {
  const steps = [{ only: [a!], trainSeeds: [3] }, { only: [a!, b!], trainSeeds: [4], sampleSeeds: [2] }, { only: [b!], trainSeeds: [3] }];
  const [forwards, backwards] = [steps, [...steps].reverse()].map((order) => order.reduce<Spec>((of, step) => extended(of, step), spec));
  expect(trialsOf(forwards!)).toEqual(trialsOf(backwards!));
  expect(seedsOf(forwards!, a!).train.length).toBe(4);
  expect(forwards!.repeats).toHaveLength(1);
  expect(extended(forwards!, { only: [a!], trainSeeds: [4] })).toEqual(forwards);
  expect(extended(spec, { only: [a!], trainSeeds: [1, 2] }).repeats ?? []).toEqual([]);
});

test('seeds that a sweep gets as a whole are those of each cell too, and a value that is added gets none of the others\' repeats', () => {
  const alone = extended(spec, { only: [a!], trainSeeds: [3] });
  const whole = extended(alone, { trainSeeds: [3, 5] });
  expect(trialsOf(whole).map((trials) => trials.length)).toEqual([4, 4, 4, 4]);
  const wider = extended(alone, { values: { inputScale: [0.5] } });
  expect(trialsOf(wider).map((trials) => trials.length).sort()).toEqual([2, 2, 2, 2, 2, 2, 2, 3]);
});

test('a sweep without repeats is written as before', () => {
  expect(Object.keys(JSON.parse(JSON.stringify(spec)) as object)).not.toContain('repeats');
});

test.each([
  ['cells that no sweep of these values has', { repeats: [{ cells: [{ steps: 7 }], train: [3] }] }, 'repeats[0].cells[0]'],
  ['no seeds', { repeats: [{ cells: [{ steps: 5 }] }] }, 'repeats[0]'],
  ['more trials than a sweep may have', { parameters: { steps: { values: Array.from({ length: 300 }, (_, i) => i + 1) } }, repeats: [{ cells: Array.from({ length: 300 }, (_, i) => ({ steps: i + 1 })), train: Array.from({ length: 900 }, (_, i) => i + 3) }] }, 'repeats'],
])('%s: refused by its place', (_, more, path) => {
  expect(() => parseSpec({ ...base, ...more })).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path })] }));
});
