import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { fileContent, type ArtifactStore } from '../artifacts.js';
import { fileOf, openFolder } from './folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elucidate-artifacts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** sha256("abc"), FIPS 180-4. */
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const read = (store: ArtifactStore, hash: string): Promise<Buffer> => buffer(store.openRead(hash));

test('bytes are stored under their sha256, split after two digits, and a stage reads them there', async () => {
  const artifacts = await openFolder(folder);
  await artifacts.put(Buffer.from('abc'), 'text/plain');
  expect(await artifacts.materialise(abc, '/nowhere')).toBe(join(folder, 'ba', abc.slice(2)));
  expect(await readFile(join(folder, 'ba', abc.slice(2)), 'utf8')).toBe('abc');
});

test('sixteen concurrent puts of the same bytes leave nothing over, nor does content that fails', async () => {
  const artifacts = await openFolder(folder);
  await Promise.all(Array.from({ length: 16 }, () => artifacts.put(Buffer.alloc(200_000, 7), 'x/y')));
  await expect(artifacts.put(fileContent(join(folder, 'absent')), 'x/y')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(artifacts.put(fileContent(folder), 'x/y')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

if (process.platform !== 'linux') console.warn('an artifact that the disk cannot read: not tested here, because only Linux has /proc');
(process.platform === 'linux' ? test : test.skip)('an artifact that the disk cannot read is named in the error, and stays where it is', async () => {
  const artifacts = await openFolder(folder);
  await artifacts.put(Buffer.from('abc'), 'text/plain');
  await rm(fileOf(folder, abc));
  // a plain file whose first byte gives EIO
  await symlink('/proc/self/mem', fileOf(folder, abc));
  await expect(read(artifacts, abc)).rejects.toThrow(`Artifact ${abc} in ${folder} cannot be read (EIO`);
  expect(await artifacts.hasMany([abc])).toEqual(new Set([abc]));
});

test('corrupt bytes are moved to a folder of their own, once, and the error says where', async () => {
  const artifacts = await openFolder(folder);
  await artifacts.put(Buffer.from('abc'), 'text/plain');
  await truncate(fileOf(folder, abc), 2);
  const aside = join(folder, 'corrupt', abc);
  const refused = await Promise.allSettled(Array.from({ length: 8 }, () => read(artifacts, abc)));
  expect(refused.map((outcome) => outcome.status === 'rejected' && String(outcome.reason)).filter((reason) => reason && reason.includes(aside))).not.toEqual([]);
  expect(await readdir(join(folder, 'corrupt'))).toEqual([abc]);
  expect(await readFile(aside, 'utf8')).toBe('ab');
});

/** A 64 KiB disk can be mounted where user namespaces are allowed. */
const smallDisk = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0;
if (!smallDisk) console.warn('a full disk: not tested here, because this user may not mount one (unshare)');
(smallDisk ? test : test.skip)('a full disk is reported as such, can be retried, and leaves no partial file', () => {
  const script = `
    import { readdirSync } from 'node:fs';
    import { openFolder } from ${JSON.stringify(pathToFileURL(join(__dirname, '../../dist/artifact-stores/folder.js')))};
    const artifacts = await openFolder(${JSON.stringify(folder)});
    const { code, retryable } = await artifacts.put(Buffer.alloc(1_000_000), 'x/y').catch((error) => error);
    console.log(JSON.stringify({ code, retryable, left: readdirSync(${JSON.stringify(join(folder, 'incoming'))}) }));`;
  const { stdout } = spawnSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs "$0" && exec "$1" --input-type=module -e "$2"', folder, process.execPath, script]);
  expect(JSON.parse(stdout.toString())).toEqual({ code: 'disk.full', retryable: true, left: [] });
});

test('a file left half written by a killed process a day ago is deleted, a recent one is kept', async () => {
  await openFolder(folder);
  const [old, fresh] = [join(folder, 'incoming', 'old'), join(folder, 'incoming', 'fresh')];
  for (const file of [old, fresh]) await writeFile(file, 'half');
  await utimes(old, new Date(0), new Date(0));
  await openFolder(folder);
  expect(await readdir(join(folder, 'incoming'))).toEqual(['fresh']);
});
