import { spawn, type ChildProcess } from 'node:child_process';
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

/** Sends a signal to a process, or to a group (below 0), unless it has ended by then. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A local run in this folder, of so many trials of an exact denoiser. */
function run(name: string, trials: number): { child: ChildProcess; ended: Promise<{ code: number | null; output: string; errors: string }> } {
  const file = join(dir, `${name}.yaml`);
  writeFileSync(file, JSON.stringify({
    name, dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 }, parameters: { network: { value: 'exact' }, sampler: { value: { kind: 'ddim' } }, steps: { value: 2 } },
    seeds: { sample: Array.from({ length: trials }, (_, i) => i + 1) }, evaluate: { samples: 32 },
  }));
  const child = spawn(process.execPath, [entry, 'run', '--local', file, '--slots', '1', '--json'], { env: { ...process.env, ELUCIDATE_HOME: home, DATABASE_URL: '' }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return { child, ended: (once(child, 'close') as Promise<[number | null]>).then(([code]) => ({ code, output, errors })) };
}

test('a local run whose database server is killed, twice, goes on when it is back, and ends with its results', async () => {
  const { child, ended } = run('database killed', 8);
  let killed: number | undefined;
  const attempts = new Set<string>();
  for (let time = 0; time < 2; time++) {
    await until(() => child.exitCode !== null || working().some((name) => !attempts.has(name)));
    working().forEach((name) => attempts.add(name));
    const before = killed;
    killed = await until(() => child.exitCode !== null || (serverPid() !== before && serverPid())) as number;
    if (child.exitCode === null) kill(killed, 'SIGKILL');
  }
  const { code, output, errors } = await ended;
  expect({ code, errors: code === 0 ? '' : errors }).toEqual({ code: 0, errors: '' });
  const { sweep } = JSON.parse(output) as { sweep: { state: string } };
  expect(sweep.state).toBe('done');
});

test('a local run that is stopped as its database server ends prints one line, and what was lost before it', async () => {
  const before = working();
  const { child, ended } = run('stopped with its database', 500);
  const pid = await until(() => child.exitCode !== null || (working().some((name) => !before.includes(name)) && serverPid()));
  kill(-child.pid!, 'SIGINT');
  if (pid !== true) kill(pid, 'SIGINT');
  const { code, errors } = await ended;
  // on a busy machine the run may notice the lost connections first
  expect([code, errors.replace(/^A connection to PostgreSQL was lost: .*\n/gm, '')]).toEqual([130, '\nStopped. Finished stages are kept; the same command continues from here.\n']);
});
