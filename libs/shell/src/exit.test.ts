import { ElucidateError } from '@elucidate/experiment/errors';
import { CommanderError } from 'commander';
import { Interrupted, reportError } from './exit.js';

let printed: string[];
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'error').mockImplementation((text: string) => void printed.push(text));
});
afterEach(() => jest.restoreAllMocks());

test.each<[string, unknown, number, string[]]>([
  ['help that was requested', new CommanderError(0, 'commander.helpDisplayed', ''), 0, []],
  ['an unknown option, which commander has printed', new CommanderError(1, 'commander.unknownOption', 'x'), 2, []],
  ['an invalid spec', new ElucidateError('spec.invalid', 'steps is -1'), 2, ['steps is -1']],
  ['an unreachable database', new ElucidateError('database.unreachable', 'nobody answers'), 3, ['nobody answers']],
  ['a full disk', new ElucidateError('disk.full', 'no space'), 3, ['no space']],
  ['a stage that failed', new ElucidateError('stage.failed', 'it failed'), 1, ['it failed']],
  ['Ctrl-C', new Interrupted('Stopped.'), 130, ['Stopped.']],
  ['Ctrl-C without a word', new Interrupted(), 130, []],
])('%s', (_, error, code, text) => {
  expect(reportError(error)).toBe(code);
  expect(printed).toEqual(text);
});

test('an unexpected error exits with 1 and its stack', () => {
  expect(reportError(new TypeError('oops'))).toBe(1);
  expect(printed[0]).toMatch(/TypeError: oops\n +at /);
});

test('an error is JSON if JSON was requested', () => {
  expect(reportError(new ElucidateError('not_found', 'no sweep x'), true)).toBe(2);
  expect(JSON.parse(printed[0] ?? '')).toEqual({ code: 'not_found', message: 'no sweep x', problems: [], details: {} });
});
