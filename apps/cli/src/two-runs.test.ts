import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const entry = join(__dirname, '..', 'bin', 'elucidate.mjs');
const dir = mkdtempSync(join(tmpdir(), 'elucidate-two-runs-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A local run of so many trials of an exact denoiser, with the embedded database of the one folder; resolves when it has ended. */
async function run(name: string, trials: number): Promise<{ code: number | null; endedAt: number; output: string }> {
  const file = join(dir, `${name}.yaml`);
  writeFileSync(file, JSON.stringify({
    name, dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 }, parameters: { network: { value: 'exact' }, sampler: { value: { kind: 'ddim' } }, steps: { value: 2 } },
    seeds: { sample: Array.from({ length: trials }, (_, i) => i + 1) }, evaluate: { samples: 32 },
  }));
  const child = spawn(process.execPath, [entry, 'run', '--local', file, '--slots', '1', '--json'], { env: { ...process.env, ELUCIDATE_HOME: join(dir, 'home'), DATABASE_URL: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, endedAt: performance.now(), output };
}

test('of two local runs in one folder the longer one goes on after the other, which started the database, has ended', async () => {
  const first = run('short', 1);
  while (!existsSync(join(dir, 'home', 'postgres', 'postmaster.pid'))) await sleep(20);
  const [short, long] = await Promise.all([first, run('long', 12)]);
  expect([short, long].map(({ code, output }) => (code === 0 ? '' : output))).toEqual(['', '']);
  expect(long.endedAt).toBeGreaterThan(short.endedAt);
}, 240_000);
