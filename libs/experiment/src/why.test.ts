import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import type { PlannedStage } from './stages.js';
import { comparedAtMost, compareStages, whyOf, type ExistingStage, type Known, type WhyGroup } from './why.js';

const base = {
  name: 'x', dataset: { name: 'fashion-mnist', resolution: 16 }, train: { network: 'tiny', images: 64, batch: 16 }, evaluate: { samples: 16 }, seeds: { train: [1], sample: [1] },
  parameters: { inputScale: { values: [0.5] }, sampler: { value: { kind: 'ddim' } }, steps: { values: [5] } },
};
const planned = (changes: object = {}): PlannedStage[] => planSweep(parseSpec({ ...base, ...changes })).stages;

/** Why the stages of a sweep run when exactly these exist: compared with all of the kind. */
function why(stages: readonly PlannedStage[], existing: readonly PlannedStage[], unfinished: Known['unfinished'] = new Map()): WhyGroup[] {
  const done = new Set(existing.map(({ id }) => id));
  const { groups, compare } = whyOf(stages, new Set(stages.map(({ id }) => id).filter((id) => done.has(id))));
  return [...groups, ...compareStages(compare, { unfinished, near: ({ kind }) => existing.filter((one) => one.kind === kind) as readonly ExistingStage[] })];
}

const short = (groups: readonly WhyGroup[]) => Object.fromEntries(groups.map(({ kind, stages, why: reason, inputs, differences, state }) => [kind, [stages, reason, ...(inputs ?? []), ...(state === undefined ? [] : [state]), ...(differences ?? []).map(({ path, from, to }) => `${path} ${String(from)} > ${String(to)}`)]]));

test('nothing like it exists: what reads nothing is the first of its kind, and the rest runs because of it', () => {
  expect(short(why(planned(), []))).toEqual({ extractor: [1, 'first'], reference: [1, 'input', 'extractor'], train: [1, 'first'], sample: [1, 'input', 'train'], embed: [1, 'input', 'sample', 'extractor'], score: [1, 'input', 'embed', 'reference', 'sample'] });
});

test('nothing runs when everything has been done', () => {
  expect(why(planned(), planned())).toEqual([]);
});

const downstream = { embed: [1, 'input', 'sample'], score: [1, 'input', 'embed', 'sample'] };
test.each<[string, object, object]>([
  ['a train seed', { seeds: { train: [2], sample: [1] } }, { train: [1, 'differs', 'seed 1 > 2'], sample: [1, 'input', 'train'], ...downstream }],
  ['a sample seed', { seeds: { train: [1], sample: [7] } }, { sample: [1, 'differs', 'seed 1 > 7'], ...downstream }],
  ['one parameter', { parameters: { ...base.parameters, inputScale: { values: [0.7] } } }, { train: [1, 'differs', 'inputScale 0.5 > 0.7'], sample: [1, 'input', 'train'], ...downstream }],
  ['a value inside one', { parameters: { ...base.parameters, sampler: { value: { kind: 'ddim', eta: 0.5 } } } }, { sample: [1, 'differs', 'sampler.eta 0 > 0.5'], ...downstream }],
  ['the data set', { dataset: { name: 'fashion-mnist', resolution: 32 } }, { reference: [1, 'differs', 'dataset.resolution 16 > 32'], train: [1, 'differs', 'dataset.resolution 16 > 32'], sample: [1, 'input', 'train'], embed: [1, 'input', 'sample'], score: [1, 'input', 'embed', 'reference', 'sample'] }],
  ['the extractor', { evaluate: { samples: 16, extractor: { kind: 'random', seed: 3 } } }, { extractor: [1, 'differs', 'extractor.kind standard > random', expect.stringMatching(/^extractor\.weights \w{64} > $/) as string, 'extractor.seed  > 3', 'extractor.channels  > 1'], reference: [1, 'input', 'extractor'], embed: [1, 'input', 'extractor'], score: [1, 'input', 'embed', 'reference'] }],
  ['the metrics', { evaluate: { samples: 16, metrics: ['fid'] } }, { score: [1, 'differs', 'metrics ["fid","kid"] > ["fid"]'] }],
])('what differs is %s', (_what, changes, expected) => {
  expect(short(why(planned(changes), planned()))).toEqual(expected);
});

test('what differs is the code', () => {
  const before = planned().map((stage) => (stage.kind === 'score' ? { ...stage, id: 'old', codeVersion: 1 } : stage));
  expect(short(why(planned(), before))).toEqual({ score: [1, 'differs', 'code version 1 > 2'] });
});

test('of several that exist the nearest is named, and those that differ alike are one group with their values', () => {
  const existing = planned({ seeds: { train: [1, 2], sample: [1] }, parameters: { ...base.parameters, inputScale: { values: [0.5, 1] } } });
  const [train] = why(planned({ seeds: { train: [3, 4, 5, 6, 7, 8], sample: [1] } }), existing).filter(({ kind }) => kind === 'train');
  expect(train).toMatchObject({ stages: 6, why: 'differs', differences: [{ path: 'seed', from: [1], to: [3, 4, 5, 6, 7], more: true }] });
  expect(existing.find(({ id }) => id === train!.example.nearest)).toMatchObject({ params: { inputScale: 0.5, seed: 1 } });
});

test('a stage that is there and not done says in which state it is', () => {
  const stages = planned();
  const train = stages.find(({ kind }) => kind === 'train')!;
  expect(short(why(stages, stages.filter(({ kind }) => kind === 'extractor'), new Map([[train.id, 'failed']])))).toMatchObject({ train: [1, 'unfinished', 'failed'] });
});

test('of a large plan only so many of a kind are compared, and the others counted', () => {
  const seeds = Array.from({ length: comparedAtMost + 50 }, (_, i) => i + 2);
  const groups = why(planned({ seeds: { train: seeds, sample: [1] } }), planned()).filter(({ kind }) => kind === 'train');
  expect(groups.map(({ why: reason, stages }) => [reason, stages])).toEqual([['unlooked', 50], ['differs', comparedAtMost]]);
});
