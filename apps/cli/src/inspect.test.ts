import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { warmCommand } from './warm-command.fixture.js';

const quickstart = join(__dirname, '..', '..', '..', 'examples', 'quickstart.yaml');
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'elucidate-inspect-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const warm = warmCommand();
afterAll(() => warm.stop());
const inspect = (...args: string[]) => warm.run(['inspect', ...args], { cwd: dir, env: { ELUCIDATE_HOME: join(dir, 'home') } });

test('inspect draws the quickstart and prints where, and which levels it trains on and visits', async () => {
  const { status, stdout } = await inspect(quickstart, '--json');
  expect(status).toBe(0);
  const { figures, noiseDistributions, runs } = JSON.parse(stdout) as { figures: { name: string; svg: string; png: string }[]; noiseDistributions: unknown[]; runs: unknown[] };
  expect(figures.map(({ name }) => name)).toEqual(['gamma', 'log-snr', 'density', 'scalings', 'discretisations']);
  for (const { name, svg, png } of figures) {
    expect(svg).toBe(join(dir, 'home', 'inspect', 'quickstart', `${name}.svg`));
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');
  }
  expect(noiseDistributions[0]).toMatchObject({ label: 'linear, b 0.5', medianLogSnr: expect.closeTo(2 * Math.log(0.5), 9), fractionBelowZero: expect.closeTo(0.8, 9) });
  expect(runs[0]).toMatchObject({ steps: 5, levelsOutside: { least: 0, most: 2 } });
});

test('a profile is drawn into the given folder; the table names every file', async () => {
  const file = join(dir, 'sweep.yaml');
  writeFileSync(file, 'name: a sweep\ndataset: { name: mnist }\nparameters: { steps: { value: 20 } }\nprofiles: { small: { parameters: { steps: { value: 3 } } } }\n');
  const { status, stdout } = await inspect(file, '--profile', 'small', '--out', 'pictures');
  expect(status).toBe(0);
  expect(stdout).toContain('uniform-t(0.99), 3 steps');
  for (const name of ['gamma', 'density']) expect(stdout).toContain(join('pictures', `${name}.png`));
  expect(existsSync(join(dir, 'pictures', 'discretisations.svg'))).toBe(true);
});

test('a sweep name that is not a valid folder name stays inside the folder for pictures', async () => {
  const file = join(dir, 'sweep.yaml');
  writeFileSync(file, 'name: ../../away\ndataset: { name: mnist }\n');
  const { status } = await inspect(file);
  expect(status).toBe(0);
  expect(existsSync(join(dir, 'home', 'inspect', 'away', 'gamma.svg'))).toBe(true);
});

test.each([
  [['absent.yaml'], 'absent.yaml'],
  [[quickstart, '--profile', 'huge'], 'huge'],
  [[quickstart, '--out', join(quickstart, 'in-a-file')], '--out'],
])('%j exits with 2 and says what is wrong', async (args, hint) => {
  const { status, stderr } = await inspect(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(hint);
});
