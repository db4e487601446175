import { rangeOf } from './byte-range.js';

test.each([
  ['bytes=0-7', [0, 7]], ['bytes=8-', [8, 99]], ['bytes=-10', [90, 99]], ['bytes=-1000', [0, 99]], ['bytes=90-1000', [90, 99]], ['bytes=99-99', [99, 99]],
  ['bytes=100-', undefined], ['bytes=5-4', undefined], ['bytes=-0', undefined], ['bytes=-', undefined], ['bytes=0-1,4-5', undefined], ['items=0-1', undefined], [undefined, undefined],
] as const)('of 100 bytes, %s asks for %j', (header, expected) => {
  const found = rangeOf(header, 100);
  expect(found && [found.start, found.end]).toEqual(expected);
});
