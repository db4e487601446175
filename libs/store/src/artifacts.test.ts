import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openArtifacts } from './artifacts.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elucidate-artifacts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** sha256("abc"), FIPS 180-4. */
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('bytes are found under their sha256, split after two digits', async () => {
  const artifacts = await openArtifacts(folder);
  expect(await artifacts.put(Buffer.from('abc'), 'text/plain')).toEqual({ hash: abc, sizeBytes: 3, mediaType: 'text/plain' });
  expect(artifacts.path(abc)).toBe(join(folder, 'ba', abc.slice(2)));
  expect(await artifacts.has(abc)).toBe(true);
  expect((await artifacts.read(abc)).toString()).toBe('abc');
});

test('a file is stored as its bytes are, and stays where it was', async () => {
  const artifacts = await openArtifacts(folder);
  const [source, bytes] = [join(folder, 'source'), Buffer.alloc(3_000_000, 'elucidate')];
  await writeFile(source, bytes);
  const { hash, sizeBytes } = await artifacts.putFile(source, 'application/octet-stream');
  expect({ hash, sizeBytes }).toEqual({ hash: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length });
  expect((await artifacts.read(hash)).equals(bytes)).toBe(true);
  expect(existsSync(source)).toBe(true);
});

test('the same bytes put sixteen times at once are one artifact, and nothing is left over', async () => {
  const artifacts = await openArtifacts(folder);
  const bytes = Buffer.alloc(200_000, 7);
  const hashes = await Promise.all(Array.from({ length: 16 }, async () => (await artifacts.put(bytes, 'x/y')).hash));
  expect(new Set(hashes).size).toBe(1);
  expect((await artifacts.read(hashes[0] ?? '')).equals(bytes)).toBe(true);
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('a source that fails half way leaves no artifact and no half file', async () => {
  const artifacts = await openArtifacts(folder);
  await expect(artifacts.putFile(join(folder, 'absent'), 'x/y')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(artifacts.putFile(folder, 'x/y')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(folder)).toEqual(['incoming']);
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('what is not there is missing, and what is no hash cannot lead out of the folder', async () => {
  const artifacts = await openArtifacts(folder);
  for (const ask of [artifacts.read, artifacts.verify]) await expect(ask('0'.repeat(64))).rejects.toMatchObject({ code: 'artifact.missing' });
  expect(() => artifacts.path('../../etc/passwd')).toThrow(/64 hex digits/);
});

(process.platform === 'linux' ? test : test.skip)('an artifact that the disk cannot read is named in the error, and stays where it is', async () => {
  const artifacts = await openArtifacts(folder);
  await artifacts.put(Buffer.from('abc'), 'text/plain');
  await rm(artifacts.path(abc));
  // a plain file whose first byte gives EIO
  await symlink('/proc/self/mem', artifacts.path(abc));
  await expect(artifacts.verify(abc)).rejects.toThrow(`Artifact ${abc} in ${folder} cannot be read (EIO`);
  expect(await artifacts.has(abc)).toBe(true);
});

test('verification lets whole bytes stand and moves rotten ones away, so that they are no longer there until put again', async () => {
  const artifacts = await openArtifacts(folder);
  await artifacts.put(Buffer.from('abc'), 'text/plain');
  await artifacts.verify(abc);
  expect(await artifacts.has(abc)).toBe(true);
  await truncate(artifacts.path(abc), 2);
  const aside = join(folder, 'corrupt', abc);
  const refused = artifacts.verify(abc);
  await expect(refused).rejects.toMatchObject({ code: 'artifact.corrupt', message: expect.stringContaining(`${artifacts.path(abc)} holds bytes whose sha256 is`) });
  await expect(refused).rejects.toThrow(aside);
  expect([await artifacts.has(abc), await readFile(aside, 'utf8')]).toEqual([false, 'ab']);
  await artifacts.put(Buffer.from('abc'), 'text/plain');
  await artifacts.verify(abc);
});

test('a rotten file found by several at once is called corrupt or missing by each, and moved away once', async () => {
  const artifacts = await openArtifacts(folder);
  await artifacts.put(Buffer.from('abc'), 'text/plain');
  await truncate(artifacts.path(abc), 1);
  const codes = await Promise.all(Array.from({ length: 8 }, () => artifacts.verify(abc).then(() => 'whole', ({ code }: { code: string }) => code)));
  expect(codes).toContain('artifact.corrupt');
  expect(codes.filter((code) => code !== 'artifact.corrupt' && code !== 'artifact.missing')).toEqual([]);
  expect(await readdir(join(folder, 'corrupt'))).toEqual([abc]);
});

/** A disk of 64 KiB can be had where user namespaces are allowed. */
const smallDisk = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0;
(smallDisk ? test : test.skip)('a full disk is told as such, can be tried again, and keeps no half file', () => {
  const script = `
    import { readdirSync } from 'node:fs';
    import { openArtifacts } from ${JSON.stringify(pathToFileURL(join(__dirname, '../dist/artifacts.js')))};
    const artifacts = await openArtifacts(${JSON.stringify(folder)});
    const { code, retryable } = await artifacts.put(Buffer.alloc(1_000_000), 'x/y').catch((error) => error);
    console.log(JSON.stringify({ code, retryable, left: readdirSync(${JSON.stringify(join(folder, 'incoming'))}) }));`;
  const { stdout } = spawnSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs "$0" && exec "$1" --input-type=module -e "$2"', folder, process.execPath, script]);
  expect(JSON.parse(stdout.toString())).toEqual({ code: 'disk.full', retryable: true, left: [] });
});

test('what a killed process left half written a day ago is cleared away, a fresh one is not touched', async () => {
  await openArtifacts(folder);
  const [old, fresh] = [join(folder, 'incoming', 'old'), join(folder, 'incoming', 'fresh')];
  for (const file of [old, fresh]) await writeFile(file, 'half');
  await utimes(old, new Date(0), new Date(0));
  await openArtifacts(folder);
  expect(await readdir(join(folder, 'incoming'))).toEqual(['fresh']);
});
