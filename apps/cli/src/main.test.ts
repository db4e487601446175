import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { warmCommand, type CommandResult } from './warm-command.fixture.js';

/** The built command. */
const entry = join(__dirname, '..', 'bin', 'elucidate.mjs');
const quickstart = join(__dirname, '..', '..', '..', 'examples', 'quickstart.yaml');
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elucidate-cli-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const warm = warmCommand();
afterAll(() => warm.stop());

const variables = () => ({ ELUCIDATE_HOME: join(dir, 'home'), ELUCIDATE_API: '', DATABASE_URL: '' });
const elucidate = (...args: string[]): Promise<CommandResult> => warm.run(args, { cwd: dir, env: variables() });

/** The same in a process of its own, as a user runs it. */
function started(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { cwd: dir, encoding: 'utf8', env: { ...process.env, ...variables() } });
  return { status, stdout, stderr };
}

test.each(['demo', 'plan', 'inspect', 'submit', 'run', 'schema', 'watch', 'status', 'failures', 'stages', 'logs', 'table', 'table verify', 'leaderboard', 'plot', 'plot losses', 'plot trajectories', 'plot parallel', 'pareto', 'effects', 'ladder', 'decisions', 'ledger', 'provenance', 'verify', 'export', 'score', 'import', 'imports', 'show', 'report', 'samples', 'trials', 'pause', 'resume', 'stop', 'cancel', 'retry', 'apply', 'extend', 'confirm', 'advise', 'program check', 'program add', 'priority', 'weight', 'concurrency', 'worker', 'workers', 'workers release', 'api', 'doctor', 'bundle', 'extractor train', 'dataset add', 'backup', 'restore', 'delete', 'prune', 'key create', 'key list', 'key revoke'])('%s --help shows the usage and an example', async (command) => {
  const { status, stdout } = await elucidate(...command.split(' '), '--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/Examples?/);
  expect(stdout).toMatch(/elucidate [a-z]/);
});

test('plan reports 8 training runs for the 32 trials of the quickstart, and stores nothing', async () => {
  const { status, stdout } = await elucidate('plan', quickstart, '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'quickstart', cells: 16, trials: 32, saving: { trainingRuns: 8, trainingRunsOnePerTrial: 32 } });
});

test('plan says how many cells of the grid the file chooses', async () => {
  const file = join(dir, 'chosen.yaml');
  writeFileSync(file, 'name: chosen\ndataset: { name: fashion-mnist }\nparameters: { sampler: { values: [{ kind: ddim }, { kind: heun }] }, steps: { values: [5, 10, 20] } }\nwhere: "sampler.kind != \'heun\' || steps <= 10"\ninclude: [{ steps: 50, sampler: { kind: ddpm } }]\n');
  const { status, stdout } = await elucidate('plan', file);
  expect(status).toBe(0);
  expect(stdout).toContain('chosen: 6 cells, 6 trials (cells x seeds)\n  where keeps 5 of 6 cells of the grid; include adds 1\n');
});

test('--set changes the file as if it had been written there, and is refused in the same words', async () => {
  const { stdout } = await elucidate('plan', quickstart, '--set', 'steps=5', '--set', 'seeds.train=[1]', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ cells: 8, trials: 8 });
  const { status, stderr } = await elucidate('plan', quickstart, '--set', 'train.imagse=5');
  expect([status, stderr]).toEqual([2, expect.stringContaining('train.imagse is 5; expected one of the keys network, images')]);
  // as arguments, too
  const { stdout: argued } = await elucidate('plan', quickstart, 'steps=5', '--set', 'seeds.train=[1]', 'evaluate.samples=64', '--json');
  expect(JSON.parse(argued)).toMatchObject({ cells: 8, trials: 8, weak: expect.arrayContaining([expect.stringContaining('64 images')]) as unknown });
  const other = await elucidate('plan', quickstart, 'other.yaml');
  expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('"other.yaml" is no change of the sweep file')]);
});

test('schema prints a JSON Schema whose references all resolve', async () => {
  const { status, stdout } = await elucidate('schema');
  expect(status).toBe(0);
  const { $defs, properties } = JSON.parse(stdout) as { $defs: Record<string, unknown>; properties: object };
  expect(Object.keys(properties)).toContain('parameters');
  for (const [, name] of stdout.matchAll(/"#\/\$defs\/(\w+)"/g)) expect($defs).toHaveProperty(name!);
});

test('a misspelt kind exits with 2, naming the path, the value and the nearest word', async () => {
  const file = join(dir, 'bad.yaml');
  writeFileSync(file, 'name: bad\ndataset: { name: fashion-mnist }\nparameters: { sampler: { value: { kind: huen } } }\n');
  const { status, stderr } = await elucidate('plan', file);
  expect(status).toBe(2);
  expect(stderr).toContain('parameters.sampler.value');
  expect(stderr).toContain('huen');
  expect(stderr).toContain('heun');
});

test.each([['absent.yaml', 'there is no such file'], ['.', 'it is a folder']])('a sweep file that cannot be read, %s, is said in words', async (file, reason) => {
  const { status, stderr } = await elucidate('plan', file);
  expect([status, stderr]).toEqual([2, `Cannot read the sweep file "${file}": ${reason}. Name a YAML or JSON file, or - for standard input.\n`]);
});

test('errors are JSON if JSON was requested', async () => {
  const { status, stderr } = await elucidate('plan', join(dir, 'absent.yaml'), '--json');
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({ code: 'request.invalid', message: expect.stringContaining('absent.yaml') });
});

test.each([
  [['tabel', 'sampler'], 'table'],
  [['table', 'samplers'], 'noise-schedule, input-scale, sampler'],
  [['table', 'grid-by-sampler'], 'expected discretisation-by-sampler, the new name of grid-by-sampler'],
  [['table', 'sampler', '--hold', 'steps:10'], 'it is called --fixed now'],
  [['demo', '--port', '99999'], '65535'],
  [['trials', '--csv', '--json'], 'cannot be used with'],
  [['leaderboard', '--csv'], "unknown option '--csv'\n(Did you mean --format csv?)"],
  [['table', 'sampler', '--md'], '--format markdown'],
  [['confirm', '--latex'], '--format latex'],
  [['table', '--paper', 'chen2023-table3', '--text'], '--format text'],
  [['export', 'trials.csv', '--parquet'], '--format parquet'],
  [['trials', '--format', 'csv'], "unknown option '--format'\n(Did you mean --csv or --ndjson or --json?)"],
  [['plot', 'losses', '--format', 'csv'], 'Did you mean --csv or --json?'],
  [['show', 'best'], 'is not the id of a configuration'],
  [['doctor', '--batch', '16'], '--batch says how --profile trains; give --profile too'],
  [['doctor', '--profile', '--dataset', 'cifar'], 'fashion-mnist, mnist'],
  [['show', 'abcdef', '--rank', '2'], 'not both'],
  [['samples', '--top', '0'], 'from 1 to 10000'],
  [['plot', '--out', 'fid.pdf'], '.svg or .png'],
  [['effects', '--out', 'fid.pdf'], '.svg or .png'],
  [['trials', '--out', 'trials.xlsx'], '.csv, .json, .ndjson'],
  [['prune', '--older-than', 'week'], '12h or 30d'],
  [['extend', 'abc', '--train-seeds', '4-3'], '3,4 or 3-8'],
  [['extend', 'abc'], '--train-seeds 3,4'],
  [['extend', 'abc', '--set', 'steps'], '--set steps=50,100'],
  [['extend', 'abc', '--set', 'sampler={kind: heun'], 'not understood'],
  [['demo', '--backend', 'cuda'], 'simd'],
])('%j exits with 2 and says what would be right', async (args, hint) => {
  const { status, stderr } = await elucidate(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(hint);
});

test.each(['plan', 'run', 'worker', 'api', 'status', 'doctor'])('%s in a home folder that is a file says so and exits with 3, without a stack', async (command) => {
  writeFileSync(join(dir, 'home'), '');
  const { status, stderr } = await elucidate(command, ...({ plan: [quickstart], run: ['--local', quickstart], status: ['--local'] }[command] ?? []));
  expect({ status, stderr }).toEqual({ status: 3, stderr: `The home folder ${join(dir, 'home')} is a file; set ELUCIDATE_HOME to a folder that this user may write in\n` });
});

test.each([['--help'], ['schema'], ['plan', quickstart, '--json']])('%s into a reader that has gone is no fault', (...args) => {
  const { status, stderr } = spawnSync('bash', ['-c', 'set -o pipefail; "$@" | true', 'bash', process.execPath, entry, ...args], { cwd: dir, encoding: 'utf8', env: { ...process.env, ...variables() } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.each([
  ['--help', 0, /^Usage: elucidate /, /^$/],
  ['tabel', 2, /^$/, /Did you mean table\?/],
  ['status --local', 3, /^$/, /elucidate demo/],
])('the process of %s ends, with %i', (line, status, stdout, stderr) => {
  expect(started(...line.split(' '))).toEqual({ status, stdout: expect.stringMatching(stdout) as string, stderr: expect.stringMatching(stderr) as string });
});

test('without an API and without a database, status says how to begin and exits with 3', async () => {
  const { status, stderr } = await elucidate('status', '--local');
  expect(status).toBe(3);
  expect(stderr).toContain('elucidate demo');
});
