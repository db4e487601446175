import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gaussianProgram, hostileProgram } from '@elucidate/stages/programs/program.fixture';

const entry = join(__dirname, '..', 'bin', 'elucidate.mjs');
const dir = mkdtempSync(join(tmpdir(), 'elucidate-own-network-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const elucidate = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [entry, ...args], { env: { ...process.env, ELUCIDATE_HOME: join(dir, 'home'), DATABASE_URL: '', ELUCIDATE_API: '' }, stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs a command to its end; its output as JSON. */
async function answer<T>(...args: readonly string[]): Promise<T> {
  const child = elucidate(...args, '--json');
  let [output, errors] = ['', ''];
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, errors: code === 0 ? '' : errors }).toEqual({ code: 0, errors: '' });
  return JSON.parse(output) as T;
}

/** Adds a program's folder; returns it as a sweep names it. */
async function added(name: string, files: Readonly<Record<string, string>>): Promise<object> {
  const folder = join(dir, name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return (await answer<{ network: object }>('program', 'add', folder, '--local')).network;
}

function sweep(name: string, network: object): string {
  const file = join(dir, `${name}.yaml`);
  writeFileSync(file, JSON.stringify({
    name, dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 4 }, parameters: { network, parameterisation: { value: 'edm' }, sampler: { values: ['heun', 'ddim'] }, discretisation: { value: 'karras' }, steps: { value: 5 } },
    train: { images: 80, batch: 8 }, evaluate: { samples: 64, metrics: ['fid'] },
  }));
  return file;
}

interface Results {
  sweep: { state: string; stages: Record<string, number> };
  leaderboard: { rows: { rank: number | null; metrics: { fid: { mean: number } }; config: { network: { kind: string }; sampler: { kind: string } } }[] }[];
}

test('a program and a built-in network stand in one table: they share all but training, sampling and scores', async () => {
  const program = await added('exact-net', gaussianProgram);
  const { sweep: ended, leaderboard: [{ rows } = { rows: [] }] } = await answer<Results>('run', '--local', sweep('mixed', { values: ['exact', program] }));
  expect(ended.state).toBe('done');
  // extractor and reference once; of each network a training, and of each of its samplers sample, embed and score
  expect(Object.values(ended.stages).reduce((sum, count) => sum + count, 0)).toBe(2 + 2 * (1 + 2 * 3));
  const meanOf = (network: string, sampler: string) => rows.find(({ config }) => config.network.kind === network && config.sampler.kind === sampler)!.metrics.fid.mean;
  expect(rows.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
  // the program measures mean and deviation of the images, which the exact denoiser knows
  for (const sampler of ['heun', 'ddim']) expect(Math.abs(meanOf('program', sampler) / meanOf('exact', sampler) - 1)).toBeLessThan(0.1);

  // listed with its sweeps, and forgotten only while none names it
  const { contents } = program as { contents: string };
  const loose = ((await added('loose-net', { 'main.mjs': '// named by no sweep\n' })) as { contents: string }).contents;
  const listed = async () => (await answer<{ contents: string; owner: string; sweeps: number }[]>('program', 'list', '--local')).map((one) => [one.contents, one.owner, one.sweeps]);
  expect(await listed()).toEqual([[loose, 'local', 0], [contents, 'local', 1]]);
  expect(await answer('program', 'remove', loose.slice(0, 12), '--local')).toEqual({ contents: loose });
  await expect(answer('program', 'remove', contents, '--local')).rejects.toThrow(/named by 1 sweeps/);
  expect(await listed()).toEqual([[contents, 'local', 1]]);
});

/** Processes that have this folder's task in their environment: the program, and its keeper. */
const running = (): string[] => readdirSync('/proc').filter((pid) => {
  try {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`ELUCIDATE_TASK=${dir}`);
  } catch {
    return false;
  }
});

test('a sweep that is cancelled in the database ends its program with all it started, though these ignore SIGTERM, and the run goes on to its end', async () => {
  const program = { ...(await added('cancelled-net', hostileProgram)), settings: { do: 'family' } };
  const child = elucidate('run', '--local', sweep('cancelled', { value: program }));
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close');
  // its keeper, the program, its child and the child of that
  while (running().length < 4) await wait(50);
  expect(await answer('cancel', 'cancelled', '--local')).toMatchObject({ name: 'cancelled', state: 'cancelled' });
  const [code] = (await ended) as [number | null];
  expect({ code, left: running(), output }).toEqual({ code: 1, left: [], output: expect.stringContaining('cancelled') as string });
  const stages = await answer<{ kind: string; state: string }[]>('stages', 'cancelled', '--local');
  expect(stages.filter(({ kind }) => kind === 'train').map(({ state }) => state)).toEqual(['cancelled']);
});

test('kill -9 of the run leaves no process of its program', async () => {
  const program = { ...(await added('hanging-net', hostileProgram)), settings: { do: 'hang' } };
  const child = elucidate('run', '--local', sweep('hanging', { value: program }));
  while (running().length < 2) await wait(50);
  child.kill('SIGKILL');
  while (running().length > 0) await wait(50);
});
