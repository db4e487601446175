import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { printed } from '@elucidate/shell/printed.fixture';
import { parseOptions } from './options.js';

test('without options: every available engine, with one thread and with all, the base network in batches of 64, five rounds', () => {
  expect(parseOptions([])).toEqual({
    backends: undefined, threads: [...new Set([1, availableParallelism()])], workload: { network: 'base', batch: 64, resolution: 32 }, rounds: 5, torch: true, json: undefined,
  });
});

test('options choose engines, threads, network and rounds', () => {
  expect(parseOptions(['--backend', 'simd,wasm', '--threads', '1,3', '--network', 'tiny', '--rounds', '2', '--no-torch'])).toMatchObject({ backends: ['simd', 'wasm'], threads: [1, 3], workload: { network: 'tiny' }, rounds: 2, torch: false });
});

describe('what commander prints', () => {
  const text = printed();

  test.each([
    [['--backend', 'simd,abacus'], '"abacus"'],
    [['--threads', '1,0'], 'not "0"'],
    [['--network', 'huge'], 'tiny, small, base'],
    [['--rounds', 'many'], 'not "many"'],
    [['--json', '/no/such/folder/x.json'], '/no/such/folder'],
    [['--json', '/dev/null'], '/dev/null is not a file'],
    [['--round', '3'], 'Did you mean --rounds?'],
  ])('%j is refused, naming %s', (args, named) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ exitCode: 1 }));
    expect(text()).toContain(named);
  });

  test('the help names every option', () => {
    expect(() => parseOptions(['--help'])).toThrow(expect.objectContaining({ exitCode: 0 }));
    for (const name of ['backend', 'threads', 'network', 'batch', 'rounds', 'no-torch', 'json', 'help']) expect(text()).toContain(`--${name}`);
  });
});

const main = join(__dirname, '..', 'dist', 'main.js');
/** The built benchmark, as a user runs it. */
const bench = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

test('a wrong option exits with 2, an engine that is not installed with 3 and how to get it', () => {
  expect(bench('--rounds', '0')).toMatchObject({ status: 2, stderr: expect.stringContaining('--rounds') });
  expect(bench('--backend', 'tensorflow', '--no-torch')).toMatchObject({ status: 3, stderr: expect.stringContaining('npm install') });
});

test('a run that is stopped leaves a file with the rounds that were finished, and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'elucidate-bench-'));
  const file = join(folder, 'rounds.json');
  try {
    const child = spawn(process.execPath, [main, '--backend', 'simd', '--threads', '1', '--network', 'tiny', '--batch', '1', '--rounds', '1000', '--no-torch', '--json', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    const closed = once(child, 'close');
    let said = '';
    for await (const text of child.stderr) {
      said += String(text);
      if (!child.killed && said.includes('round 2 of 1000')) child.kill();
    }
    expect(await closed).toEqual([130, null]);
    expect(said).toContain(`stopped; ${file} has the rounds that were finished`);
    const { simdx1 } = JSON.parse(readFileSync(file, 'utf8')) as { simdx1: { runs: object[] } };
    expect(simdx1.runs.length).toBeGreaterThanOrEqual(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('measures an engine in separate processes and prints a table', () => {
  const { status, stdout, stderr } = bench('--backend', 'simd', '--threads', '1', '--network', 'tiny', '--batch', '1', '--rounds', '1', '--no-torch');
  expect(status).toBe(0);
  expect(stdout).toMatch(/\| simd \| 1 \| [\d.]+ \|/);
  expect(stderr).toMatch(/round 1 of 1 {2}simdx1/);
});
