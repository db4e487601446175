import { ifMatchSchema, versionTag } from './if-match.js';

test.each([['"3"', 3], ['W/"3"', 3], ['"12.aB-_"', 12], ['*', null], [versionTag(7), 7], [versionTag(7, { state: 'done' }), 7]])('If-Match: %s names version %s', (tag, version) => {
  expect(ifMatchSchema.parse(tag)).toBe(version);
});

test.each(['3', '""', '"three"', '"3', '"3", "4"', '"-1"'])('If-Match: %s is refused', (tag) => expect(ifMatchSchema.safeParse(tag).success).toBe(false));

test('responses that differ have different ETags, whatever their version', () => {
  const tags = [versionTag(1), versionTag(2), versionTag(1, { state: 'running' }), versionTag(1, { state: 'done' }), versionTag(2, { state: 'done' })];
  expect(new Set(tags).size).toBe(tags.length);
  expect(versionTag(1, { state: 'done' })).toBe(tags[3]);
});
