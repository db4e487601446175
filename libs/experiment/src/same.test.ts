import fc from 'fast-check';
import { canonical } from './canonical.js';
import { same } from './same.js';

test('JSON values are the same exactly if they have the same canonical text', () => {
  const [value, other] = [fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 1 })];
  const copied = value.map((one) => [one, JSON.parse(JSON.stringify(one)) as unknown] as const);
  const pair = fc.oneof(fc.tuple(value, value), fc.tuple(other, other), copied);
  fc.assert(fc.property(pair, ([a, b]) => same(a, b) === (canonical(a) === canonical(b))));
  expect([same([1], { 0: 1 }), same({ a: null }, { b: null }), same({ a: 1, b: 2 }, { b: 2, a: 1 }), same(null, {}), same(0, -0)]).toEqual([false, false, true, false, true]);
});
