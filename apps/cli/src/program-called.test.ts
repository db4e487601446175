import { programCalled } from './program-called.js';

const programs = ['ab12', 'ab13'].map((start) => ({ contents: start.padEnd(64, '0'), sizeBytes: 1, owner: 'ann', addedAt: '2026-11-27T15:00:00.000Z', sweeps: 0 }));

test.each([
  ['ab12', programs[0]!.contents],
  [programs[1]!.contents, programs[1]!.contents],
])('%s names one program', (digits, contents) => {
  expect(programCalled(digits, programs).contents).toBe(contents);
});

test.each([
  ['ab1', 'request.invalid', 'at least the first four digits'],
  ['ffff', 'not_found', 'program list'],
  ['main.py', 'request.invalid', 'is no hash'],
])('%s names none: %s', (digits, code, message) => {
  expect(() => programCalled(digits, programs)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error);
});

test('digits of several programs are not enough', () => {
  const alike = [...programs, { ...programs[0]!, contents: 'ab12'.padEnd(64, '1') }];
  expect(() => programCalled('ab12', alike)).toThrow(/Several programs begin with ab12, such as ab120+ and ab121+; write more digits/);
});
