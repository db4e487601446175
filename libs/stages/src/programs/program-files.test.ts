import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pack } from 'tar-stream';
import { packed, writeArchive } from './pack.js';
import { programFiles } from './program-files.js';
import { unpackProgram } from './unpack.js';

let root: string;
beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'elucidate-programs-')); });
afterAll(() => rm(root, { recursive: true, force: true }));

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(root, 'folder-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function archiveOf(folder: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of packed(folder, await programFiles(folder))) pieces.push(piece);
  return Buffer.concat(pieces);
}

const pathsIn = async (folder: string) => (await programFiles(folder)).map(({ path }) => path);
const refusal = (folder: string) => programFiles(folder).then(() => undefined, (error: unknown) => error as { code: string; message: string });

it('has the files of a folder without those that .gitignore files name, nor what tools leave behind', async () => {
  const folder = await folderWith({
    'train.py': '', 'net/unet.py': '', 'net/__pycache__/unet.pyc': '', '.git/config': '', '.venv/x': '', '.gitignore': 'runs/\n*.log\n!keep.log\n/data\n',
    'runs/a/b': '', 'x.log': '', 'keep.log': '', 'data/a': '', 'net/data/b': '', 'net/.gitignore': '!y.log\n*.tmp\n', 'net/y.log': '', 'net/z.tmp': '', 'z.tmp': '', 'Runs/a': '', 'X.LOG': '',
  });
  expect(await pathsIn(folder)).toEqual(['.gitignore', 'Runs/a', 'X.LOG', 'keep.log', 'net/.gitignore', 'net/data/b', 'net/unet.py', 'net/y.log', 'train.py', 'z.tmp']);
});

it.each<[string, Record<string, string>, RegExp]>([
  ['a file named as secrets are', { '.env': 'A=1' }, /\.env looks by its name as if it held a secret.*ELUCIDATE_PROGRAM_ENV/],
  ['a private key', { 'a/notes.txt': `x\n-----BEGIN OPENSSH ${'PRIVATE'} KEY-----` }, /a\/notes\.txt has what looks like a private key in line 2/],
  ['a token', { 'train.py': `login("hf_${'a'.repeat(34)}")` }, /train\.py has what looks like a token of Hugging Face in line 1/],
  ['the password of a database', { 'a.py': `url = "postgres://ann:hunter2@db/x"` }, /password of a database/],
  ['nothing', {}, /it has no files/],
  ['nothing but what is ignored', { '.gitignore': '*' }, /it has no files/],
])('refuses a folder with %s', async (_, files, message) => {
  const error = await refusal(await folderWith(files));
  expect(error).toMatchObject({ code: 'request.invalid', message: expect.stringMatching(message) as string });
  // which secret it is, is not said
  expect(error!.message).not.toMatch(/hunter2|hf_a/);
});

it('lists everything that is wrong at once: links, large files; --large allows these', async () => {
  const folder = await folderWith({ 'a.py': '', 'weights.pt': '' });
  await truncate(join(folder, 'weights.pt'), 40 * 2 ** 20);
  await symlink('/etc/passwd', join(folder, 'link'));
  expect((await refusal(folder))!.message).toMatch(/cannot be a program:\n {2}link is a symbolic link.*\n {2}weights\.pt has 40\.0 MiB, more than 32\.0 MiB.*--large/);
  await rm(join(folder, 'link'));
  expect((await programFiles(folder, { large: true })).map(({ path }) => path)).toEqual(['a.py', 'weights.pt']);
});

it('is no folder', async () => {
  expect(await refusal(join(root, 'absent'))).toMatchObject({ code: 'request.invalid', message: expect.stringMatching(/name the folder/) as string });
});

it('makes the same archive of the same files, whenever and in whatever order they were written, and unpacks it as it was', async () => {
  const files = { 'b.py': 'bb', 'a/c.sh': 'echo', 'empty': '', [`${'long/'.repeat(30)}name.py`]: 'deep', 'ü.txt': 'umlaut' };
  const [one, other] = [await folderWith(files), await folderWith(Object.fromEntries(Object.entries(files).reverse()))];
  for (const folder of [one, other]) await chmod(join(folder, 'a/c.sh'), 0o755);
  await utimes(join(other, 'b.py'), 1, 1);
  const bytes = await archiveOf(one);
  expect(bytes.equals(await archiveOf(other))).toBe(true);
  await writeFile(join(other, 'b.py'), 'bc');
  expect(bytes.equals(await archiveOf(other))).toBe(false);

  const contents = createHash('sha256').update(bytes).digest('hex');
  const archive = join(root, 'archive.tar');
  expect(await writeArchive(archive, one, await programFiles(one))).toBe(contents);
  expect((await readFile(archive)).equals(bytes)).toBe(true);
  const [place, again] = await Promise.all([unpackProgram(archive, { home: root, contents }), unpackProgram(archive, { home: root, contents })]);
  expect(again).toBe(place);
  for (const [name, text] of Object.entries(files)) expect(await readFile(join(place, name), 'utf8')).toBe(text);
  expect([(await stat(join(place, 'a/c.sh'))).mode & 0o777, (await stat(join(place, 'b.py'))).mode & 0o777]).toEqual([0o555, 0o444]);
});

it.each([
  ['a path out of it', { name: '../outside', type: 'file' }],
  ['an absolute path', { name: '/etc/cron.d/x', type: 'file' }],
  ['a symbolic link', { name: 'link', type: 'symlink', linkname: '/etc/passwd' }],
  ['a device', { name: 'null', type: 'character-device' }],
] as const)('refuses an archive with %s, and leaves nothing', async (_, header) => {
  const archive = pack();
  archive.entry({ ...header }, ...(header.type === 'file' ? ['x'] : []));
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive as AsyncIterable<Buffer>) pieces.push(piece);
  const path = join(root, 'bad.tar');
  await writeFile(path, Buffer.concat(pieces));
  await expect(unpackProgram(path, { home: root, contents: 'bad' })).rejects.toMatchObject({ code: 'artifact.corrupt' });
  await expect(stat(join(root, 'programs', 'bad'))).rejects.toThrow('ENOENT');
  await expect(stat(join(root, 'outside'))).rejects.toThrow('ENOENT');
});
