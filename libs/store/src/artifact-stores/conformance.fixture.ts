import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ArtifactStore } from '../artifacts.js';

export interface StoreUnderTest {
  store: ArtifactStore;
  /** Replaces an artifact's bytes, as a failing disk or a mistaken user would. */
  tamper(hash: string, bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** sha256("abc"), FIPS 180-4. */
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
/** More than a store reads in one go. */
const large = Buffer.alloc(3_000_000, 'elucidate');

async function* inPieces(bytes: Buffer, size: number, failure?: Error): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  if (failure) throw failure;
}

/** Tests that every artifact store must pass. */
export function describeArtifactStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`artifact store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: ArtifactStore;
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'elucidate-materialised-'));
      under = await open();
      store = under.store;
    });
    afterEach(async () => {
      await under.close();
      await rm(folder, { recursive: true, force: true });
    });
    const isThere = async (hash: string): Promise<boolean> => (await store.hasMany([hash])).has(hash);
    const read = (hash: string): Promise<Buffer> => buffer(store.openRead(hash));
    const materialised = async (hash: string): Promise<Buffer> => readFile(await store.materialise(hash, folder));
    const readers = { openRead: read, materialise: materialised };

    test.each([
      ['all at once', Buffer.from('abc'), abc],
      ['in pieces', inPieces(Buffer.from('abc'), 1), abc],
      ['large, in pieces', inPieces(large, 70_001), sha256(large)],
      ['nothing at all', Buffer.alloc(0), sha256(Buffer.alloc(0))],
    ])('what is put, %s, can be found under its sha256 and read back', async (_, content, hash) => {
      const expected = hash === abc ? Buffer.from('abc') : hash === sha256(large) ? large : Buffer.alloc(0);
      expect(await store.put(content, 'x/y')).toEqual({ hash, sizeBytes: expected.length, mediaType: 'x/y' });
      expect(await isThere(hash)).toBe(true);
      expect((await read(hash)).equals(expected)).toBe(true);
      expect((await materialised(hash)).equals(expected)).toBe(true);
      expect((await materialised(hash)).equals(expected)).toBe(true);
    });

    test('content that fails half-way leaves nothing, and its error reaches the caller', async () => {
      const failure = new Error('the network is gone');
      await expect(store.put(inPieces(large, 100_000, failure), 'x/y')).rejects.toBe(failure);
      expect(await isThere(sha256(large))).toBe(false);
    });

    test('the same bytes put sixteen times at once are one artifact', async () => {
      const hashes = await Promise.all(Array.from({ length: 16 }, async () => (await store.put(inPieces(large, 65_536), 'x/y')).hash));
      expect(new Set(hashes)).toEqual(new Set([sha256(large)]));
      expect((await read(sha256(large))).equals(large)).toBe(true);
    });

    test('reports which of many artifacts exist', async () => {
      const { hash } = await store.put(Buffer.from('abc'), 'x/y');
      expect(await store.hasMany(['0'.repeat(64), hash])).toEqual(new Set([hash]));
      expect(await store.hasMany([])).toEqual(new Set());
    });

    describe.each(['openRead', 'materialise'] as const)('%s', (reader) => {
      test.each(['0'.repeat(64), '../../etc/passwd', ''])('of %j is missing', async (hash) => {
        await expect(readers[reader](hash)).rejects.toMatchObject({ code: 'artifact.missing' });
      });

      test.each([['short', Buffer.from('abc'), Buffer.from('ab')], ['empty', Buffer.from('abc'), Buffer.alloc(0)], ['long', large, Buffer.concat([large.subarray(0, -1), Buffer.from('x')])]])(
        'never ends well on wrong bytes, %s ones, after which they are missing until put again', async (_, bytes, wrong) => {
          const { hash } = await store.put(bytes, 'x/y');
          await under.tamper(hash, wrong);
          await expect(readers[reader](hash)).rejects.toMatchObject({ code: 'artifact.corrupt', message: expect.stringContaining(hash) as string, details: { hash, found: sha256(wrong) } });
          expect(await isThere(hash)).toBe(false);
          await expect(readers[reader](hash)).rejects.toMatchObject({ code: 'artifact.missing' });
          await store.put(bytes, 'x/y');
          expect((await readers[reader](hash)).equals(bytes)).toBe(true);
        });

      test('reports wrong bytes as corrupt or missing to several concurrent readers', async () => {
        const { hash } = await store.put(Buffer.from('abc'), 'x/y');
        await under.tamper(hash, Buffer.from('x'));
        const codes = await Promise.all(Array.from({ length: 8 }, () => readers[reader](hash).then(() => 'whole', ({ code }: { code: string }) => code)));
        expect(codes).toContain('artifact.corrupt');
        expect(codes.filter((code) => code !== 'artifact.corrupt' && code !== 'artifact.missing')).toEqual([]);
      });
    });

    test('a reader gets no byte of a small corrupt artifact, and not all of a large one', async () => {
      for (const bytes of [Buffer.from('abc'), large]) {
        const { hash } = await store.put(bytes, 'x/y');
        await under.tamper(hash, Buffer.alloc(bytes.length, 'y'));
        let had = 0;
        await expect((async () => {
          for await (const piece of store.openRead(hash)) had += piece.length;
        })()).rejects.toMatchObject({ code: 'artifact.corrupt' });
        expect(had).toBeLessThan(bytes === large ? large.length : 1);
      }
    });

    it('lists what it has, and removes it unless it was put again meanwhile', async () => {
      const began = Date.now() - 1;
      const [one, two] = [await store.put(Buffer.from('abc'), 'text/plain'), await store.put(large, 'text/plain')];
      const listed = async () => {
        const found = new Map<string, { sizeBytes: number; at: number }>();
        for await (const { hash, ...file } of store.list()) found.set(hash, file);
        return found;
      };
      const before = await listed();
      expect([...before.keys()].sort()).toEqual([one.hash, two.hash].sort());
      expect(before.get(two.hash)?.sizeBytes).toBe(large.length);
      await store.remove(one.hash, began - 1000);
      expect((await store.hasMany([one.hash])).size).toBe(1);
      await store.remove(one.hash, before.get(one.hash)?.at ?? 0);
      await store.remove(one.hash, Date.now());
      expect([...(await listed()).keys()]).toEqual([two.hash]);
    });
  });
}
