import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemError } from './system-error.js';

/** What an action throws, else what it returns. */
const errorOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('systemError', () => {
  it.each<[string, () => unknown, string]>([
    ['a folder that is not there', () => writeFileSync(join(tmpdir(), 'elucidate-no-such-folder', 'file'), ''), 'folder.unusable'],
    ['a file in place of a folder', () => readFileSync(join(__filename, 'file')), 'folder.unusable'],
    ['a folder in place of a file', () => readFileSync(__dirname), 'folder.unusable'],
    ['a full disk', () => writeFileSync('/dev/full', 'text'), 'disk.full'],
    ['a program that is not there', () => spawnSync('elucidate-no-such-program').error, 'process.unstartable'],
    ['what such an error caused', () => new Error('Artifact cannot be read', { cause: errorOf(() => readFileSync(__dirname)) }), 'folder.unusable'],
  ])('knows %s, and says what to do', (_, act, code) => {
    expect(systemError(errorOf(act))).toMatchObject({ code, retryable: true, message: expect.stringMatching(/.; (check|free|this machine)/) });
  });

  it.each([new TypeError('x is not a function'), Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'text', null, undefined])('leaves %p alone', (error) => {
    expect(systemError(error)).toBeUndefined();
  });
});
