import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const entry = join(__dirname, '..', 'bin', 'elucidate.mjs');
const dir = mkdtempSync(join(tmpdir(), 'elucidate-database-killed-'));
const home = join(dir, 'home');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const read = <T>(what: () => T): T | undefined => {
  try {
    return what();
  } catch {
    return undefined;
  }
};
const serverPid = (): number | undefined => read(() => Number(readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]));
/** Folders of attempts that are under way. */
const working = (): string[] => read(() => readdirSync(join(home, 'work')).filter((name) => name.startsWith('attempt-'))) ?? [];

async function until<T>(ask: () => T | undefined | false): Promise<T> {
  for (;; await sleep(10)) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
  }
}

test('a local run whose database server is killed, twice, goes on when it is back, and ends with its results', async () => {
  const file = join(dir, 'sweep.yaml');
  writeFileSync(file, JSON.stringify({
    name: 'database killed', dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 }, parameters: { network: { value: 'exact' }, sampler: { value: { kind: 'ddim' } }, steps: { value: 2 } },
    seeds: { sample: Array.from({ length: 8 }, (_, i) => i + 1) }, evaluate: { samples: 32 },
  }));
  const child = spawn(process.execPath, [entry, 'run', '--local', file, '--slots', '1', '--json'], { env: { ...process.env, ELUCIDATE_HOME: home, DATABASE_URL: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let killed: number | undefined;
  const attempts = new Set<string>();
  for (let time = 0; time < 2; time++) {
    await until(() => child.exitCode !== null || working().some((name) => !attempts.has(name)));
    working().forEach((name) => attempts.add(name));
    const before = killed;
    killed = await until(() => child.exitCode !== null || (serverPid() !== before && serverPid())) as number;
    if (child.exitCode === null) process.kill(killed, 'SIGKILL');
  }
  expect({ code: (await ended)[0], errors: child.exitCode === 0 ? '' : errors }).toEqual({ code: 0, errors: '' });
  const { sweep } = JSON.parse(output) as { sweep: { state: string } };
  expect(sweep.state).toBe('done');
}, 240_000);
