import { extendSpec } from './extend-spec.js';
import { parseSpec } from './parse-spec.js';
import { afterLook } from './race.js';
import type { Spec } from './spec.js';
import { specChanges } from './spec-changes.js';
import { storedParameters } from './stored-parameters.js';
import { cellsOf } from './sweep.js';

const spec = parseSpec({ name: 'a', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { steps: { values: [5, 10] }, sampler: { values: ['heun', 'euler'] } }, seeds: { train: [1, 2, 3, 4] }, race: { first: 2 } });
/** As it would have been stored before there was `ema`, in the order that a database gives. */
const { ema, ...earlier } = Object.fromEntries(Object.entries(spec.parameters).reverse()) as unknown as Spec['parameters'];
const read: Spec = { ...spec, parameters: storedParameters({ ...spec, parameters: earlier }, ['steps', 'sampler']) };

test('a sweep from before there was a parameter is read with its default', () => {
  expect(read).toEqual(spec);
  expect(Object.keys(read.parameters).slice(0, 2)).toEqual(['steps', 'sampler']);
  expect(specChanges(read, spec)).toEqual([]);
  expect(storedParameters(spec, Object.keys(spec.parameters))).toEqual(spec.parameters);
});

test('such a sweep can be extended by the parameter, and its race goes on', () => {
  expect(parseSpec(extendSpec(read, { values: { ema: ['none'] } })).parameters.ema).toEqual({ values: [...ema.values, { kind: 'none' }] });
  const racers = cellsOf(spec).map(({ config }, place) => ({
    config: Object.fromEntries(Object.entries(config).filter(([name]) => name !== 'ema')), trials: [1, 2].map((train) => ({ train, sample: 1, value: 10 * place + train / 10 })),
  }));
  expect(parseSpec(afterLook(read, racers, { metric: 'fid', among: racers.length })).race!.looks).toHaveLength(1);
});
