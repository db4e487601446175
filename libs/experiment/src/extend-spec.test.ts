import fc from 'fast-check';
import { cellsOf } from './sweep.js';
import { extendSpec } from './extend-spec.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { specChanges } from './spec-changes.js';
import type { Spec } from './spec.js';

const base = { name: 'base', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { steps: { values: [5, 10] }, sampler: { values: [{ kind: 'heun' }] } }, train: { network: 'tiny', images: 256, batch: 32 } };
const spec = parseSpec(base);
const extended = (extension: Parameters<typeof extendSpec>[1], of: Spec = spec): Spec => parseSpec(extendSpec(of, extension));

test('an extended sweep is the one whose file has the new seeds and values too', () => {
  const by = { trainSeeds: [4, 2], sampleSeeds: [7], values: { steps: [20], sampler: [{ kind: 'ddim' }] } };
  const written = parseSpec({ ...base, seeds: { train: [...spec.seeds.train, 4, 2], sample: [...spec.seeds.sample, 7] }, parameters: { steps: { values: [5, 10, 20] }, sampler: { values: [{ kind: 'heun' }, { kind: 'ddim' }] } } });
  expect(extended(by)).toEqual(written);
  expect(cellsOf(extended(by))).toEqual(cellsOf(written));
});

test('what is there already is not added, however it is written', () => {
  expect(extended({ trainSeeds: spec.seeds.train, values: { steps: [10, 5, 10], sampler: [{ kind: 'heun' }, 'heun', spec.parameters.sampler.values[0]] } })).toEqual(spec);
  expect(extended({ values: { sampler: ['ddim'] } })).toEqual(extended({ values: { sampler: [{ kind: 'ddim' }] } }));
});

test('extensions add stages and lose none, in whatever portions and order they are made', () => {
  const some = fc.record({ trainSeeds: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }), sampleSeeds: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }), values: fc.record({ steps: fc.array(fc.constantFrom(5, 20, 40), { maxLength: 2 }) }) });
  const idsOf = (of: Spec) => planSweep(of).stages.map(({ id }) => id).sort();
  fc.assert(fc.property(some, some, (a, b) => {
    const there = idsOf(spec);
    const once = extended({ trainSeeds: [...a.trainSeeds, ...b.trainSeeds], sampleSeeds: [...a.sampleSeeds, ...b.sampleSeeds], values: { steps: [...a.values.steps, ...b.values.steps] } });
    expect(idsOf(extended(a, extended(b)))).toEqual(idsOf(once));
    expect(idsOf(extended(b, extended(a)))).toEqual(idsOf(once));
    expect(there.filter((id) => !idsOf(once).includes(id))).toEqual([]);
  }), { numRuns: 25, seed: 1 });
});

test.each<[string, Parameters<typeof extendSpec>[1], string]>([
  ['a parameter that does not exist', { values: { step: [20] } }, 'did you mean steps?'],
  ['a parameter with a name that every object has', { values: { constructor: [1] } }, 'parameters.constructor is not known'],
  ['a value that is wrong', { values: { steps: [-5] } }, 'parameters.steps.values[2] is -5'],
  ['a seed that is wrong', { trainSeeds: [-1] }, 'seeds.train'],
])('%s is refused by its place', (_, extension, text) => {
  expect(() => extended(extension)).toThrow(expect.objectContaining({ code: 'spec.invalid', message: expect.stringContaining(text) as string }));
});

test('the changes of a sweep name each place with what is gone and what is new; none between sweeps that differ in order only', () => {
  const other = parseSpec({ ...base, name: 'other', seeds: { train: [1, 3] }, parameters: { sampler: base.parameters.sampler, inputScale: { values: [1, 0.5] }, steps: { values: [20, 10] } }, where: 'steps > 5' });
  const changes = specChanges(parseSpec({ ...base, seeds: { train: [1, 2] } }), other);
  expect(Object.fromEntries(changes.map(({ path, ...change }) => [path, change]))).toEqual({
    'name': { removed: ['base'], added: ['other'] }, 'seeds.train': { removed: [2], added: [3] }, 'where': { removed: [], added: ['steps > 5'] },
    'parameters.steps': { removed: [5], added: [20] }, 'parameters.inputScale': { removed: [], added: [0.5] },
  });
  expect(changes).toHaveLength(5);
  expect(specChanges(spec, parseSpec({ ...base, parameters: { sampler: base.parameters.sampler, steps: { values: [10, 5] } } }))).toEqual([]);
});

test('listed cells get more seeds, and no values that none of them would have', () => {
  const listed = parseSpec({ ...base, method: 'list', parameters: { inputScale: { values: [0.5, 1] } }, include: [{ steps: 5 }, { steps: 7 }] });
  expect(planSweep(extended({ trainSeeds: [2], values: { inputScale: [2] } }, listed)).trials).toHaveLength(12);
  expect(() => extendSpec(listed, { values: { steps: [9] } })).toThrow('another value is in no cell');
});
