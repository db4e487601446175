import { jsonText } from './sql.js';

test('what jsonb refuses is left out of texts and of names, at any depth', () => {
  const given = { 'to\0rch': ['a\0b', { 'x\ud800': 'y\udfff', 'same': 1 }], 'plain': { nested: true, none: null } };
  expect(JSON.parse(jsonText(given))).toEqual({ torch: ['ab', { x: 'y', same: 1 }], plain: { nested: true, none: null } });
});
