import { newIn } from './commands/logs.js';

test.each([
  ['what was added', 'a\nb\nc\n', 'a\n', 'b\nc\n'],
  ['nothing', 'a\n', 'a\n', ''],
  ['what follows the last lines of a log whose middle was left out since', 'a\n[... left out ...]\nc\nd\n', 'c\n', 'd\n'],
  ['all of a log that has nothing of the earlier one', 'x\n', 'a\n', '[... left out ...]\nx\n'],
])('--follow prints %s', (_, now, before, added) => {
  expect(newIn(now, before)).toBe(added);
});
