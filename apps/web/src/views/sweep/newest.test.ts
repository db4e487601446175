import { newest } from './newest.js';

test('the newest pictures come first, each once, and what was there before fills the rest', () => {
  expect(newest(['c', 'b'], ['a', 'b'], 4)).toEqual(['c', 'b', 'a']);
  expect(newest(['e', 'd', 'c', 'b', 'a'], ['z'], 4)).toEqual(['e', 'd', 'c', 'b']);
  expect(newest([], ['a', 'b'], 1)).toEqual(['a']);
});
