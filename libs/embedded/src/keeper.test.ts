import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisHost } from './host.js';
import { launchKeeper } from './keeper.js';
import { findRunning } from './running.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'elucidate-keeper-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const port = 54321;
/** What a server of this folder writes once it is ready. */
const written = (pid: number): string => [pid, dataDir, 1, port, '', '127.0.0.1', '', 'ready', ''].join('\n');
const [pidFile, keeperFile] = [(): string => join(dataDir, 'postmaster.pid'), (): string => join(dataDir, 'elucidate.keeper')];

test('a keeper whose server cannot start does not take the file of another server for its own, and leaves its keeper registered', async () => {
  writeFileSync(pidFile(), written(1));
  const registered = JSON.stringify({ port: 9, token: 'of another' });
  writeFileSync(keeperFile(), registered);
  const command = ['sh', '-c', 'sleep 0.5; echo lock file exists; exit 1'];
  expect(await launchKeeper({ dataDir, port, command, host: thisHost() })).toContain('lock file exists');
  expect(readFileSync(keeperFile(), 'utf8')).toBe(registered);
  await rm(`${dataDir}.log`);
});

test('a postmaster.pid of a process that is no more is left to PostgreSQL, one of an unrelated process is removed', async () => {
  // above the largest process id of any system
  writeFileSync(pidFile(), written(2 ** 30));
  expect([await findRunning(dataDir), existsSync(pidFile())]).toEqual([null, true]);
  writeFileSync(pidFile(), written(process.pid));
  expect([await findRunning(dataDir), existsSync(pidFile())]).toEqual([null, false]);
});

test('a server is kept while the process that runs it is a keeper, although that is not registered', async () => {
  // a process that waits under the name of a server of this folder, and says its id
  const server = `exec -a postgres sh -c 'echo $$; read line' -D ${dataDir} ready`;
  const keeper = join(dataDir, 'keeper.cjs');
  writeFileSync(keeper, `require('node:child_process').spawn('bash', ['-c', process.argv[2]], { stdio: 'inherit' });`);
  for (const [command, args, kept] of [[process.execPath, [keeper, server], true], ['bash', ['-c', `bash -c "$1"; true`, 'bash', server], false]] as const) {
    const parent = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line);
    writeFileSync(pidFile(), written(pid));
    expect(await findRunning(dataDir)).toEqual({ pid, port, status: 'ready', kept });
    parent.stdin.end();
    await once(parent, 'close');
  }
});
