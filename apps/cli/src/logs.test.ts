import { endOf, newIn } from './commands/logs.js';

test.each([
  ['what was added', 'a\nb\nc\n', 'a\n', 'b\nc\n'],
  ['nothing', 'a\n', 'a\n', ''],
  ['what follows the last lines of a log whose middle was left out since', 'a\n[... left out ...]\nc\nd\n', 'c\n', 'd\n'],
  ['all of a log that has nothing of the earlier one', 'x\n', 'a\n', '[... left out ...]\nx\n'],
])('--follow prints %s', (_, now, before, added) => {
  expect(newIn(now, before)).toBe(added);
});

test.each([[null, 'still runs'], ['expired', 'ended without its worker']] as const)('a log that is not whole says so (%s), and the name of a worker acts on no terminal', (outcome, what) => {
  const text = endOf({ token: 2, workerId: 'gpu\x1b[2J-1', outcome });
  expect(text).toContain(what);
  expect(text).toContain('gpu\\x1b[2J-1');
});
