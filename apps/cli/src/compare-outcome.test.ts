import type { ProvenanceStage } from '@elucidate/store/queries/provenance';
import { agrees, compareOutcome, type Again } from './compare-outcome.js';
import { renderVerified } from './render-verified.js';

const metric = (name: string, value: number | null) => ({ name, value, stddev: null, n: null, evaluator: null, details: null });
const stored: ProvenanceStage = {
  id: '5'.repeat(64), kind: 'sample', state: 'done', codeVersion: 2, params: {}, inputs: {}, attempt: null, attempts: 1,
  outputs: [{ name: 'images', hash: 'aa', sizeBytes: 1, mediaType: 'x/y' }], metrics: [metric('nfe', 19), metric('images_per_second', 3), metric('loss', null)],
  provenance: { engine: 'simd 1', threads: 1, device: 'd', host: 'h', node: 'v20', elucidate: '0' },
};
const same: Again = { engine: 'simd 1, threads 1', files: { images: 'aa' }, metrics: [{ name: 'nfe', value: 19 }, { name: 'images_per_second', value: 99 }, { name: 'loss', value: NaN }] };

test('the same bytes and numbers agree, a result that diverged with one that diverged again, whatever the speed', () => {
  const compared = compareOutcome(stored, same);
  expect(compared.numbers.map(({ name, agrees: equal }) => [name, equal])).toEqual([['loss', true], ['nfe', true]]);
  expect(agrees([compared])).toBe(true);
  expect(renderVerified(compared)).toBe('  sample 55555555, on simd 1, threads 1 as before\n    images agrees, byte for byte: aa\n    loss agrees: none\n    nfe agrees: 19');
});

test.each<[string, Partial<Again>, RegExp]>([
  ['bytes that differ', { files: { images: 'bb' } }, /images DIFFERS: stored aa, now bb/],
  ['a file that is missing', { files: {} }, /images DIFFERS: stored aa, now none/],
  ['a file too many', { files: { images: 'aa', sheet: 'cc' } }, /sheet DIFFERS: stored none, now cc/],
  ['a number that differs in its last digits', { metrics: [{ name: 'nfe', value: 19.000001 }, { name: 'loss', value: NaN }] }, /nfe DIFFERS: stored 19, now 19\.000001, relative difference 5\.3e-8/],
  ['a number that is missing', { metrics: [{ name: 'nfe', value: 19 }] }, /loss DIFFERS/],
  ['a number in place of none', { metrics: [{ name: 'nfe', value: 19 }, { name: 'loss', value: 0.5 }] }, /loss DIFFERS: stored none, now 0\.5/],
])('%s does not agree', (_, changes, line) => {
  const compared = compareOutcome(stored, { ...same, ...changes });
  expect(agrees([compareOutcome(stored, same), compared])).toBe(false);
  expect(renderVerified(compared)).toMatch(line);
});

test('with a tolerance numbers may differ by so much, and bytes at all: another engine agrees in its digits only', () => {
  const other: Again = { ...same, engine: 'native 2, threads 4', files: { images: 'bb' }, metrics: [{ name: 'nfe', value: 19.0001 }, { name: 'loss', value: NaN }] };
  const judged = (tolerance: number): boolean => agrees([compareOutcome(stored, other, tolerance)], tolerance);
  expect([1e-6, 1e-5].map(judged)).toEqual([false, true]);
  expect(renderVerified(compareOutcome(stored, other, 1e-5))).toMatch(/on native 2, threads 4; what is stored was made on simd 1, threads 1\n.*images DIFFERS.*\n.*\n {4}nfe agrees within the tolerance/);
});
