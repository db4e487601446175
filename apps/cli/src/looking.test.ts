import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetricPlot } from '@elucidate/experiment/plot';
import type { CellDetail } from '@elucidate/store/queries/cell-detail';
import type { SavedFile } from './pictures.js';

/** The commands that show a sweep, on one that was run in a folder of its own. */
const entry = join(__dirname, '..', 'bin', 'elucidate.mjs');
const dir = mkdtempSync(join(tmpdir(), 'elucidate-looking-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function elucidate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { cwd: dir, encoding: 'utf8', env: { ...process.env, ELUCIDATE_HOME: join(dir, 'home'), ELUCIDATE_API: '', DATABASE_URL: '' } });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}

const json = <T>(...args: string[]): T => JSON.parse(elucidate(...args, '--local', '--json')) as T;
const isPng = (path: string): boolean => readFileSync(path).subarray(1, 4).toString() === 'PNG';

let files: SavedFile[];

beforeAll(() => {
  const file = join(dir, 'sweep.yaml');
  writeFileSync(file, JSON.stringify({
    name: 'looked-at', dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 },
    parameters: { network: { value: 'exact' }, inputScale: { values: [0.5, 1] }, sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, steps: { value: 2 } },
    seeds: { sample: [1, 2] }, evaluate: { samples: 32 },
  }));
  ({ files } = JSON.parse(elucidate('run', '--local', file, '--slots', '1', '--json')) as { files: SavedFile[] });
}, 240_000);

test('a local run leaves its report, the picture of what varies, and the samples of the best and the worst configuration', () => {
  expect(files.map(({ what }) => what)).toEqual(['report', 'picture', 'picture', 'best samples', 'worst samples']);
  const [report, svg, png, best, worst] = files.map(({ path }) => path);
  expect(svg).toMatch(/results.[0-9a-f]{12}.fid-by-inputScale-sampler\.svg$/);
  expect(readFileSync(svg!, 'utf8')).toContain('FID by input scale b for each sampler · looked-at');
  expect(readFileSync(report!, 'utf8')).toContain('<h2>Ablation tables</h2>');
  expect([png, best, worst].map((path) => isPng(path!))).toEqual([true, true, true]);
}, 60_000);

test('trials, plot and show agree on every score', () => {
  const trials = JSON.parse(elucidate('trials', '--local', '--json')) as Record<string, number | string>[];
  expect(trials).toHaveLength(8);
  const plot = json<MetricPlot>('plot');
  const mean = (of: readonly Record<string, number | string>[]): number => of.reduce((sum, trial) => sum + Number(trial['fid']), 0) / of.length;
  for (const { x, line, mean: drawn, count } of plot.points) {
    const own = trials.filter((trial) => trial['inputScale'] === x && line!.startsWith(String(trial['sampler.kind'])));
    expect([count, own.length]).toEqual([2, 2]);
    expect(drawn).toBeCloseTo(mean(own), 9);
    const cell = json<CellDetail>('show', String(own[0]!['cell']).slice(0, 8));
    expect(cell.scores[0]!.metrics['fid']!.mean).toBeCloseTo(drawn!, 9);
    expect(cell.trials.map(({ stages }) => stages.score)).toEqual(own.map((trial) => trial['score_stage']));
  }
  const [header, ...lines] = elucidate('trials', '--local', '--csv').trimEnd().split('\r\n');
  expect(header!.split(',').slice(0, 3)).toEqual(['cell', 'inputScale', 'sampler.kind']);
  expect(lines).toHaveLength(8);
}, 120_000);

test('the sweep file of a configuration has its stages, which are done already', () => {
  const file = join(dir, 'one.json');
  writeFileSync(file, elucidate('show', '--rank', '2', '--local', '--spec'));
  const plan = JSON.parse(elucidate('plan', file, '--json')) as { cells: number; trials: number; alreadyDone: number; stages: { stages: number }[] };
  expect(plan).toMatchObject({ cells: 1, trials: 2, alreadyDone: plan.stages.reduce((sum, { stages }) => sum + stages, 0) });
}, 60_000);

test('files of a configuration, samples, reports and trials are written where --out says', () => {
  const saved = json<CellDetail & { files: string[] }>('show', '--out', join(dir, 'cell')).files;
  expect(saved.every((path) => existsSync(path))).toBe(true);
  expect(readdirSync(join(dir, 'cell'))).toEqual(expect.arrayContaining(['train-1-weights.safetensors', 'sample-1-1-samples.png', 'sample-1-2-samples.png']));
  const { samples } = json<{ samples: { path: string; rank: number }[] }>('samples', '--top', '2', '--out', join(dir, 'samples'));
  expect(samples.map(({ rank, path }) => [rank, isPng(path)])).toEqual([[1, true], [2, true]]);
  elucidate('report', '--local', '--out', join(dir, 'deep', 'r.html'));
  elucidate('trials', '--local', '--out', join(dir, 'trials.parquet'));
  expect(readFileSync(join(dir, 'deep', 'r.html'), 'utf8')).toContain('looked-at');
  expect(readFileSync(join(dir, 'trials.parquet')).subarray(-4).toString()).toBe('PAR1');
}, 120_000);
