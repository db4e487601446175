import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A built command of this project, as a user runs it. */
const command = (name: string, ...args: string[]) => spawnSync(process.execPath, [join(__dirname, '..', 'dist', `${name}.js`), ...args], { encoding: 'utf8' });

describe.each([
  ['prove', ['--only', '--workers', '--json', '--list'], ['--only', 'no such case'], '--list prints all names'],
  ['losses', ['--backend', '--seeds', '--dataset', '--network', '--batch', '--images', '--json', '--home'], ['--seeds', 'few'], 'not "few"'],
  ['convolutions', ['--backend', '--batch', '--rounds', '--json'], ['--backend', 'simd,abacus'], '"abacus"'],
  ['plan', ['--part', '--json'], ['--part', 'reading'], '"reading"'],
  ['webgpu-overhead', ['--network', '--batch', '--steps', '--json'], ['--network', 'lessons'], '"lessons"'],
  ['orchestrator', ['--rows', '--short', '--json', 'redis-100k-90', 'graphile-worker'], ['--rows', 'redis-2k'], '"redis-2k" is none of redis-1k'],
  ['flat-memory', ['--steps', '--backend', '--threads'], ['--step', '5'], 'Did you mean --steps?'],
])('%s', (name, options, wrong, hint) => {
  test('--help names every option', () => {
    const { status, stdout } = command(name, '--help');
    expect(status).toBe(0);
    for (const option of options) expect(stdout).toContain(option);
    expect(stdout).toContain('Examples:');
  });

  test('a wrong option exits with 2 and says what would be right', () => {
    expect(command(name, ...wrong)).toMatchObject({ status: 2, stderr: expect.stringContaining(hint) });
  });
});

test('prove lists the cases whose names contain the words', () => {
  const { status, stdout } = command('prove', '--list', '--only', 'flow cosine');
  expect([status, stdout.trim().split('\n')]).toEqual([0, ['flow cosine', 'flow cosine-released']]);
});
