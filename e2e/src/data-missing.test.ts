import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installation, type Installation } from './installation.js';
import { tinySpec } from './tiny-spec.js';

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

(installedByDebian ? test.skip : test)('without its data set a sweep fails at once and lists the five places that were searched', async () => {
  const api = await here.startApi();
  await here.startWorker(['--slots', '1'], unplugged);
  const sweep = await api.ended((await api.submit(tinySpec({ name: 'no data' }))).id);
  expect(sweep.state).toBe('failed');
  const missing = sweep.failures.filter(({ error }) => error.code === 'data.missing');
  expect(missing.map(({ kind }) => kind).sort()).toEqual(['extractor', 'train']);
  for (const { error } of missing) {
    const places = [...error.message.matchAll(/^ {2}(\d)\. (.*)$/gm)].map(([, , place]) => place);
    expect(places).toEqual([
      'FASHION_MNIST_DIR: not set',
      expect.stringContaining('Debian package dataset-fashion-mnist'),
      expect.stringContaining(join(here.home, 'datasets', 'fashion-mnist')),
      expect.stringContaining('the network is unplugged'),
      'apt-get download dataset-fashion-mnist: apt-get is not on this machine',
    ]);
  }
  expect(await here.sql('select kind, state, outcome from attempts join stages on id = stage_id order by kind')).toEqual(
    ['extractor', 'train'].map((kind) => ({ kind, state: 'failed', outcome: 'failed' })));
});
