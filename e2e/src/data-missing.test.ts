import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { installation, type Installation } from './installation.js';
import { tinySpec } from './tiny-spec.js';

interface Problem {
  code: string;
  message: string;
  kinds: string[];
  dataset?: unknown;
}

let here: Installation;
beforeAll(async () => {
  here = await installation();
});
afterAll(() => here.remove());

/** A machine without network and without apt-get: Node's fetch is disabled in the worker and its children, and their PATH is empty. */
const unplugged = {
  FASHION_MNIST_DIR: '',
  PATH: '',
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent('globalThis.fetch = () => Promise.reject(new Error("the network is unplugged"))')}`,
};
/** Workers always look in this folder; there is no way to make them skip it. */
const installedByDebian = existsSync('/usr/share/datasets/fashion-mnist');
if (installedByDebian) console.warn('data-missing: not tested here, because Debian\'s dataset-fashion-mnist is installed');

(installedByDebian ? test.skip : test)('without its data set a sweep waits, and the worker says which five places it searched', async () => {
  const api = await here.startApi();
  await here.startWorker(['--slots', '1'], unplugged);
  const { id } = await api.submit(tinySpec({ name: 'no data' }));
  const { code, message, kinds, dataset } = await eventually('a worker that says what it lacks', async () => {
    const { workers } = await api.get<{ workers: { setAside: Problem[] }[] }>('/v1/workers');
    return workers.flatMap(({ setAside }) => setAside).find(({ dataset }) => typeof dataset === 'object');
  });
  expect([code, kinds, dataset]).toEqual(['data.missing', [], expect.objectContaining({ name: 'fashion-mnist' })]);
  expect([...message.matchAll(/^ {2}(\d)\. (.*)$/gm)].map(([, , place]) => place)).toEqual([
    'FASHION_MNIST_DIR: not set',
    expect.stringContaining('Debian package dataset-fashion-mnist'),
    expect.stringContaining(join(here.home, 'datasets', 'fashion-mnist')),
    expect.stringContaining('the network is unplugged'),
    'apt-get download dataset-fashion-mnist: apt-get is not on this machine',
  ]);
  expect((await api.get<{ state: string }>(`/v1/sweeps/${id}`)).state).toBe('running');
  expect(await here.sql('select distinct state, counted_attempts from stages where counted_attempts > 0')).toEqual([]);
});

/** A process that has ended and is not waited for counts as gone. */
const runs = async (pid: number): Promise<boolean> => !/^(\d+ \(.*\) [ZX]|$)/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));

(installedByDebian || process.platform !== 'linux' ? test.skip : test)('a stage that is cancelled while it fetches its data set leaves no process behind', async () => {
  const [folder, pidFile] = [join(here.home, 'fetchers'), join(here.home, 'fetcher.pid')];
  await mkdir(folder);
  await writeFile(join(folder, 'apt-get'), `#!/bin/sh\necho $$ > '${pidFile}'\nexec sleep 600\n`);
  await chmod(join(folder, 'apt-get'), 0o755);
  const api = await here.startApi();
  await here.startWorker(['--slots', '1', '--lease-seconds', '15'], { ...unplugged, PATH: `${folder}:/usr/bin:/bin` });
  await api.submit(tinySpec({ name: 'cancelled', seeds: { train: [7] } }));
  const pid = Number(await eventually('a fetcher that runs', () => readFile(pidFile, 'utf8').then((text) => text.trim() || undefined, () => undefined)));
  expect(await runs(pid)).toBe(true);
  const { sweeps } = await api.get<{ sweeps: { id: string; state: string }[] }>('/v1/sweeps');
  for (const { id, state } of sweeps) if (state === 'running') await fetch(`${api.process.ready.url}/v1/sweeps/${id}/cancel`, { method: 'POST' });
  await eventually('a fetcher that has ended', async () => ((await runs(pid)) ? undefined : true));
});
