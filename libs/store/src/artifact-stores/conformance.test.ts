import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeArtifactStore } from './conformance.fixture.js';
import { fileOf } from './folder.js';
import { memoryArtifacts } from './memory.fixture.js';
import { openArtifacts } from './open.js';

describeArtifactStore('a folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'elucidate-artifacts-'));
  return {
    store: await openArtifacts(root),
    tamper: (hash, bytes) => writeFile(fileOf(root, hash), bytes),
    close: () => rm(root, { recursive: true, force: true }),
  };
});

describeArtifactStore('memory', async () => {
  const store = memoryArtifacts();
  return { store, tamper: async (hash, bytes) => void store.bytes.set(hash, bytes), close: async () => undefined };
});

test('a store is opened by its address: a folder as a path or as a URL; other addresses are refused', async () => {
  const root = await mkdtemp(join(tmpdir(), 'elucidate-artifacts-'));
  try {
    const { hash } = await (await openArtifacts(join(root, 'a b'))).put(Buffer.from('abc'), 'x/y');
    expect(await (await openArtifacts(pathToFileURL(join(root, 'a b')).href)).hasMany([hash])).toEqual(new Set([hash]));
    for (const address of ['s3://bucket/elucidate', 'https://example.org/a']) {
      await expect(openArtifacts(address)).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringContaining(`${address}; give a folder`) as string });
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
