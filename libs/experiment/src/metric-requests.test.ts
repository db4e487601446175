import { metricDef, metricDefs, metricNames } from '@elucidate/metrics/metric-defs';
import fc from 'fast-check';
import { byMetricOrder, higherIsBetter, isMetricKey, metricDigits, metricKey, metricOfKey, metricRequestSchema, metricTitle, resolveMetric } from './metric-requests.js';
import type { MetricRequest } from './metric-requests.js';

const read = (written: unknown): MetricRequest => metricRequestSchema.parse(written);

const anyRequest = fc.constantFrom(...metricNames).chain((kind) => fc.record({
  kind: fc.constant(kind),
  n: fc.option(fc.integer({ min: 8, max: 50_000 }), { nil: undefined }),
  ...Object.fromEntries(Object.entries(metricDef(kind).parameters).map(([name, { min, max }]) => [name, fc.option(fc.integer({ min, max }), { nil: undefined })])),
})).map((written) => read(JSON.parse(JSON.stringify(written))));

test('a name, and an object with nothing but that kind, are the same request', () => {
  expect(read('fid')).toBe('fid');
  expect(read({ kind: 'fid' })).toBe('fid');
  expect(read({ kind: 'precision', k: 3 })).toBe('precision');
  expect(read({ kind: 'precision', k: 5, n: 256 })).toEqual({ kind: 'precision', k: 5, n: 256 });
});

test.each([['fid', 'fid'], [{ kind: 'fid', n: 256 }, 'fid@256'], [{ kind: 'density', k: 3 }, 'density(k 3)'], [{ kind: 'recall', k: 5, n: 64 }, 'recall(k 5)@64']])('%j has the key %s', (written, key) => {
  expect(metricKey(read(written))).toBe(key);
});

test('a key can be parsed back to its request, and no other text can', () => {
  fc.assert(fc.property(anyRequest, (request) => {
    expect(metricOfKey(metricKey(request))).toEqual(resolveMetric(request));
    expect(read(request)).toEqual(request);
  }));
  for (const text of ['', 'is', 'fid@', 'fid@4', 'fid@0256', 'fid(k 5)', 'precision(k 3)', 'precision(k 0)', 'fid_real', 'FID', 'precision(k 5', 'constructor']) expect([text, isMetricKey(text)]).toEqual([text, false]);
});

test.each([[{ kind: 'fid', k: 3 }], [{ kind: 'precision', k: 0 }], [{ kind: 'fid', n: 7 }], ['is'], [{ kind: 'is' }]])('%j is refused', (written) => {
  expect(metricRequestSchema.safeParse(written).success).toBe(false);
});

test('titles, digits and direction are those of the table', () => {
  expect([metricTitle('fid'), metricTitle('fid@256'), metricTitle('precision(k 5)')]).toEqual(['FID', 'FID@256', 'precision(k 5)']);
  for (const name of metricNames) expect([metricDigits(name), higherIsBetter(name)]).toEqual([metricDefs[name].digits, metricDefs[name].better === 'higher']);
});

test('keys are in table order, the most images first', () => {
  expect(['coverage', 'kid', 'fid', 'fid@512', 'fid@256', 'precision(k 5)', 'precision'].sort(byMetricOrder)).toEqual(['fid', 'fid@512', 'fid@256', 'kid', 'precision', 'precision(k 5)', 'coverage']);
});
