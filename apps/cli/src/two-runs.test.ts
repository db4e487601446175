import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const entry = join(__dirname, '..', 'bin', 'elucidate.mjs');
const dir = mkdtempSync(join(tmpdir(), 'elucidate-two-runs-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  endedAt: number;
  output: string;
}

/** A local run of so many trials of an exact denoiser, with the embedded database of a folder; resolves when it has ended. */
async function run(home: string, name: string, trials: number): Promise<Ended> {
  const file = join(dir, `${name}.yaml`);
  writeFileSync(file, JSON.stringify({
    name, dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 }, parameters: { network: { value: 'exact' }, sampler: { value: { kind: 'ddim' } }, steps: { value: 2 } },
    seeds: { sample: Array.from({ length: trials }, (_, i) => i + 1) }, evaluate: { samples: 32 },
  }));
  const child = spawn(process.execPath, [entry, 'run', '--local', file, '--slots', '1', '--json'], { env: { ...process.env, ELUCIDATE_HOME: home, DATABASE_URL: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, endedAt: performance.now(), output };
}

test('of two local runs in one folder the longer one goes on after the other, which started the database, has ended', async () => {
  let order: number[];
  let trials = 6;
  // which one ends first is for the machine to say: where it was the longer one, or the two never met, that one gets more to do
  do {
    trials *= 2;
    const home = join(dir, `home-${trials}`);
    let over = false;
    const first = run(home, 'short', 1).finally(() => (over = true));
    while (!over && !existsSync(join(home, 'postgres', 'postmaster.pid'))) await sleep(20);
    const startedAt = performance.now();
    const [short, long] = await Promise.all([first, run(home, 'long', trials)]);
    expect([short, long].map(({ code, output }) => (code === 0 ? '' : output))).toEqual(['', '']);
    order = [startedAt, short.endedAt, long.endedAt];
  } while (order.join() !== [...order].sort((a, b) => a - b).join());
});
