import { existsSync } from 'node:fs';
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
