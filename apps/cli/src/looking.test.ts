import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@elucidate/embedded/postgres';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { exitCodes } from '@elucidate/shell/exit';
import { connect } from '@elucidate/store/data-source';
import type { ParameterEffect, SweepEffects } from '@elucidate/experiment/effects';
import type { ParallelPlot } from '@elucidate/experiment/parallel';
import type { MetricPlot } from '@elucidate/experiment/plot';
import type { CellDetail } from '@elucidate/store/queries/cell-detail';
import type { ResultProvenance } from '@elucidate/store/queries/provenance';
import type { ComparedStage } from './compare-outcome.js';
import type { SavedFile } from './pictures.js';
import { warmCommand } from './warm-command.fixture.js';

/** The commands that show a sweep, on one that was run in a folder of its own. */
const warm = warmCommand();
const dir = mkdtempSync(join(tmpdir(), 'elucidate-looking-'));

async function elucidate(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await warm.run(args, { cwd: dir, env: { ELUCIDATE_HOME: join(dir, 'home'), ELUCIDATE_API: '', DATABASE_URL: '' } });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}

const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await elucidate(...args, '--local', '--json')) as T;
const isPng = (path: string): boolean => readFileSync(path).subarray(1, 4).toString() === 'PNG';

let server: Postgres;
let files: SavedFile[];
/** A stage with a score. */
let scored: string;

beforeAll(async () => {
  // held from here, so that it is not started and stopped for each command
  server = await startPostgres({ dataDir: join(dir, 'home', 'postgres'), durable: false });
  const file = join(dir, 'sweep.yaml');
  writeFileSync(file, JSON.stringify({
    name: 'looked-at', dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 },
    parameters: { network: { value: 'exact' }, inputScale: { values: [0.5, 1] }, sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, steps: { value: 2 } },
    seeds: { sample: [1, 2] }, evaluate: { samples: 32 },
  }));
  ({ files } = JSON.parse(await elucidate('run', '--local', file, '--slots', '1', '--json')) as { files: SavedFile[] });
});
afterAll(async () => {
  await warm.stop();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a local run leaves its report, the picture of what varies, and the samples of the best and the worst configuration', () => {
  expect(files.map(({ what }) => what)).toEqual(['report', 'picture', 'picture', 'best samples', 'worst samples']);
  const [report, svg, png, best, worst] = files.map(({ path }) => path);
  expect(svg).toMatch(/results.[0-9a-f]{12}.fid-by-inputScale-sampler\.svg$/);
  expect(readFileSync(svg!, 'utf8')).toContain('FID by input scale b for each sampler · looked-at');
  expect(readFileSync(report!, 'utf8')).toContain('<h2>Ablation tables</h2>');
  expect([png, best, worst].map((path) => isPng(path!))).toEqual([true, true, true]);
});

test('trials, plot and show agree on every score', async () => {
  const trials = JSON.parse(await elucidate('trials', '--local', '--json')) as Record<string, number | string>[];
  expect(trials).toHaveLength(8);
  scored = String(trials[0]!['score_stage']);
  const plot = await json<MetricPlot>('plot');
  const mean = (of: readonly Record<string, number | string>[]): number => of.reduce((sum, trial) => sum + Number(trial['fid']), 0) / of.length;
  for (const { x, line, mean: drawn, count } of plot.points) {
    const own = trials.filter((trial) => trial['inputScale'] === x && line!.startsWith(String(trial['sampler.kind'])));
    expect([count, own.length]).toEqual([2, 2]);
    expect(drawn).toBeCloseTo(mean(own), 9);
    const cell = await json<CellDetail>('show', String(own[0]!['cell']).slice(0, 8));
    expect(cell.scores[0]!.metrics['fid']!.mean).toBeCloseTo(drawn!, 9);
    expect(cell.trials.map(({ stages }) => stages.score)).toEqual(own.map((trial) => trial['score_stage']));
  }
  const [header, ...lines] = (await elucidate('trials', '--local', '--csv')).trimEnd().split('\r\n');
  expect(header!.split(',').slice(0, 3)).toEqual(['cell', 'inputScale', 'sampler.kind']);
  expect(lines).toHaveLength(8);
});

test('parallel coordinates have a line for each configuration, with the axes asked for, and are in the report', async () => {
  const out = join(dir, 'parallel.svg');
  const { lines, axes } = await json<ParallelPlot & { files: string[] }>('plot', 'parallel', '--scale', 'fid:log', '--without', 'nfe', '--out', out);
  expect([lines.length, axes.map(({ path }) => path)]).toEqual([4, ['inputScale', 'sampler']]);
  const svg = readFileSync(out, 'utf8');
  expect([svg.match(/<path[^>]*data-key/g)?.length, svg.includes('>NFE<')]).toEqual([4, false]);
  await expect(elucidate('plot', 'parallel', '--local', '--without', 'nonsense')).rejects.toThrow(/no axis "nonsense"; it has inputScale, sampler, nfe, kid, fid/);
  expect(readFileSync(files[0]!.path, 'utf8')).toContain('FID, KID across what varies');
});

test('the sweep file of a configuration has its stages, which are done already', async () => {
  const file = join(dir, 'one.json');
  writeFileSync(file, await elucidate('show', '--rank', '2', '--local', '--spec'));
  const plan = JSON.parse(await elucidate('plan', file, '--json')) as { cells: number; trials: number; alreadyDone: number; stages: { stages: number }[] };
  expect(plan).toMatchObject({ cells: 1, trials: 2, alreadyDone: plan.stages.reduce((sum, { stages }) => sum + stages, 0) });
});

test('a score has its provenance, and the sweep file of its trial has the same stages', async () => {
  const found = await json<ResultProvenance>('provenance', scored.slice(0, 8));
  expect(found.stages.at(-1)).toMatchObject({ id: scored, attempt: { workerVersion: expect.stringContaining('+') as string }, provenance: { node: process.version } });
  const again = planSweep(parseSpec(await elucidate('provenance', scored, '--local', '--spec')));
  expect([again.trials.length, again.stages.map(({ id }) => id).sort()]).toEqual([1, found.stages.map(({ id }) => id).sort()]);
});

test('a stored result, computed again from the first stage on, agrees byte for byte', async () => {
  const { agrees, stages } = await json<{ agrees: boolean; stages: ComparedStage[] }>('verify', scored, '--chain');
  expect([agrees, stages.map(({ kind }) => kind).sort()]).toEqual([true, ['embed', 'extractor', 'reference', 'sample', 'score', 'train']]);
  expect(stages.flatMap(({ files: compared }) => compared.map(({ name }) => name)).sort()).toEqual(expect.arrayContaining(['features', 'images', 'weights']));
});

test.each([['--json'], ['--format', 'json']])('imported scores beside a leaderboard are data with %s %s', async (...args) => {
  expect(JSON.parse(await elucidate('leaderboard', '--imported', '--local', ...args))).toMatchObject({ groups: [{ metric: 'fid' }], imported: { metric: 'fid', incomparable: [] } });
});

test('a journal for Optuna has every trial', async () => {
  await elucidate('export', join(dir, 'study.log'), '--format', 'optuna', '--local');
  expect(readFileSync(join(dir, 'study.log'), 'utf8').match(/"op_code":4/g)).toHaveLength(8);
});

test('files of a configuration, samples, reports and trials are written where --out says', async () => {
  const { files: saved } = await json<CellDetail & { files: string[] }>('show', '--out', join(dir, 'cell'));
  expect(saved.every((path) => existsSync(path))).toBe(true);
  expect(readdirSync(join(dir, 'cell'))).toEqual(expect.arrayContaining(['train-1-weights.safetensors', 'sample-1-1-samples.png', 'sample-1-2-samples.png']));
  const { samples } = await json<{ samples: { path: string; rank: number }[] }>('samples', '--top', '2', '--out', join(dir, 'samples'));
  expect(samples.map(({ rank, path }) => [rank, isPng(path)])).toEqual([[1, true], [2, true]]);
  await elucidate('report', '--local', '--out', join(dir, 'deep', 'r.html'));
  await elucidate('trials', '--local', '--out', join(dir, 'trials.parquet'));
  expect(readFileSync(join(dir, 'deep', 'r.html'), 'utf8')).toContain('looked-at');
  expect(readFileSync(join(dir, 'trials.parquet')).subarray(-4).toString()).toBe('PAR1');
});

test('effects of two parameters are printed, drawn, and in the report', async () => {
  const picture = join(dir, 'effects.png');
  const text = await elucidate('effects', '--local', '--out', picture);
  expect(text).toMatch(/\| \**input scale b\** +\| [^|]+\| +[\d.]+ % \|/);
  expect(text).toContain('sample seeds of the one training run');
  expect(isPng(picture)).toBe(true);
  expect(await json<SweepEffects>('effects')).toMatchObject({ configurations: 4, samples: 2, effects: expect.arrayContaining([expect.objectContaining({ title: 'input scale b x sampler' })]) as ParameterEffect[] });
  expect(readFileSync(files[0]!.path, 'utf8')).toContain('<h2>What matters</h2>');
});

test('metrics added to a finished sweep run score stages alone: nothing is sampled or embedded again', async () => {
  type Stage = { id: string; kind: string; state: string; endedAt: string };
  const before = new Map((await json<Stage[]>('stages', 'looked-at')).map((stage) => [stage.id, stage]));
  const file = join(dir, 'sweep.yaml');
  const spec = JSON.parse(readFileSync(file, 'utf8')) as { evaluate: object };
  writeFileSync(file, JSON.stringify({ ...spec, name: 'scored-again', evaluate: { ...spec.evaluate, metrics: ['fid', 'fidinf', { kind: 'fid', n: 16 }, { kind: 'coverage', n: 16 }] } }));
  await elucidate('run', '--local', file, '--slots', '1', '--json');
  const after = await json<Stage[]>('stages', 'scored-again');
  const ran = after.filter(({ id }) => !before.has(id));
  expect(ran.map(({ kind }) => kind)).toEqual(new Array(8).fill('score'));
  expect(after.filter(({ id }) => before.has(id)).map(({ id, endedAt }) => endedAt === before.get(id)!.endedAt)).toEqual(new Array(before.size - 8).fill(true));
  const trials = JSON.parse(await elucidate('trials', 'scored-again', '--local', '--json')) as Record<string, number>[];
  for (const { fid, fidinf, 'fid@16': half } of trials) expect([fidinf! < fid!, fid! < half!]).toEqual([true, true]);
});

test('a schema newer than this version stops every command that reads or writes, with its reason', async () => {
  const db = await connect({ url: server.url, poolSize: 1 });
  await db.query(`insert into schema_migrations (timestamp, name) values (9, 'FromTheFuture9')`);
  const file = join(dir, 'sweep.yaml');
  const commands = [
    ['run', file, '--local'], ['demo'], ['status'], ['trials', 'looked-at'], ['pause', 'looked-at'], ['retry', 'looked-at'], ['delete', 'looked-at', '--yes'], ['verify', scored],
    ['workers'], ['key', 'list'], ['owner', 'list'], ['imports'], ['program', 'list'], ['backup', join(dir, 'newer')], ['prune'], ['prune', '--yes'],
  ];
  try {
    for (const args of commands) {
      const { status, stderr } = await warm.run(args, { cwd: dir, env: { ELUCIDATE_HOME: join(dir, 'home'), ELUCIDATE_API: '', DATABASE_URL: '', PORT: '0' } });
      expect([args[0], status, stderr]).toEqual([args[0], exitCodes.environment, expect.stringContaining('newer than this elucidate: it has FromTheFuture9')]);
    }
  } finally {
    await db.query('delete from schema_migrations where timestamp = 9');
    await db.destroy();
  }
});
