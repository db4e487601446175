import { estimateLabel } from './label.js';

test('an estimate shows its spread only when seeds gave one, and always its count', () => {
  expect(estimateLabel({ mean: 12.345, spread: 0.5, min: 12, count: 3 })).toBe('12.35 ± 0.50 (3)');
  expect(estimateLabel({ mean: 0.01234, spread: null, min: 0.01234, count: 1 })).toBe('0.0123 (1)');
  expect(estimateLabel(null)).toBe('–');
});
