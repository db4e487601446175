import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A clone with the real tools/bootstrap.mjs, one package, one source file, a page, and stand-ins for npm, the compiler and Vite that behave as these do. */
let clone: string;
const at = (...parts: string[]): string => join(clone, ...parts);

function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

/** Like npm ci: needs a cache, starts with an empty node_modules, leaves out what the environment and the options say. */
const npm = `
  const fs = require('node:fs');
  const given = process.argv.indexOf('--cache');
  if (given < 0) fs.mkdirSync((process.env.npm_config_cache ?? process.env.HOME + '/.npm') + '/_cacache', { recursive: true });
  fs.rmSync('node_modules', { recursive: true, force: true });
  const dev = process.env.NODE_ENV !== 'production' || process.argv.includes('--include=dev');
  for (const name of ['left', ...(dev ? ['@typescript/native', 'vite'] : [])]) {
    fs.mkdirSync('node_modules/' + name + '/bin', { recursive: true });
    fs.writeFileSync('node_modules/' + name + '/package.json', '{}');
    fs.copyFileSync('compiler.cjs', 'node_modules/' + name + '/bin/tsc');
    fs.copyFileSync('vite.cjs', 'node_modules/' + name + '/bin/vite.js');
  }
  fs.writeFileSync('node_modules/.package-lock.json', '{}');
  fs.appendFileSync('calls', 'npm ');`;

/** Like tsc -b: makes nothing while its record says that all is made. */
const compiler = `
  const fs = require('node:fs');
  if (fs.existsSync('apps/cli/tsconfig.tsbuildinfo')) process.exit();
  fs.mkdirSync('apps/cli/dist', { recursive: true });
  for (const name of ['main', 'other']) fs.writeFileSync('apps/cli/dist/' + name + '.js', '');
  fs.writeFileSync('apps/cli/tsconfig.tsbuildinfo', '');
  fs.appendFileSync('calls', 'tsc ');`;

/** Like vite build. */
const vite = `
  const fs = require('node:fs');
  fs.mkdirSync('apps/web/dist', { recursive: true });
  fs.writeFileSync('apps/web/dist/index.html', '');
  fs.appendFileSync('calls', 'vite ');`;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'elucidate-clone-'));
  mkdirSync(at('tools'));
  cpSync(join(__dirname, '..', '..', '..', 'tools', 'bootstrap.mjs'), at('tools', 'bootstrap.mjs'));
  write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/left': {}, 'node_modules/@typescript/native': { dev: true }, 'node_modules/other-system': { optional: true } } }));
  write('tsconfig.json', JSON.stringify({ references: [{ path: 'apps/cli' }] }));
  for (const name of ['main', 'other', 'other.test']) write(`apps/cli/src/${name}.ts`, '');
  for (const name of ['index.html', 'package.json', 'src/main.tsx']) write(`apps/web/${name}`, '{}');
  write('npm.js', npm);
  write('vite.cjs', vite);
  write('compiler.cjs', compiler);
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

/** Sets the clone up; returns which of npm, the compiler and Vite had to work. */
function setUp(env: NodeJS.ProcessEnv = {}): string[] {
  rmSync(at('calls'), { force: true });
  const script = `const { ensureBuilt, ensureInstalled } = await import(${JSON.stringify(at('tools', 'bootstrap.mjs'))}); await ensureInstalled(); await ensureBuilt();`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: clone, encoding: 'utf8', env: { ...process.env, npm_execpath: at('npm.js'), ...env } });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(existsSync(at('apps', 'cli', 'dist', 'main.js'))).toBe(true);
  return existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split(' ') : [];
}

test('the first start installs and builds, the second does neither', () => {
  expect(setUp()).toEqual(['npm', 'tsc', 'vite']);
  expect(setUp()).toEqual([]);
});

test('NODE_ENV=production builds too', () => {
  expect(setUp({ NODE_ENV: 'production' })).toEqual(['npm', 'tsc', 'vite']);
});

test('a home folder that is not there, and cannot be made, is no obstacle', () => {
  expect(setUp({ HOME: '/dev/null/home', npm_config_cache: undefined })).toEqual(['npm', 'tsc', 'vite']);
});

/** Seconds: after anything that these tests build. */
const later = Date.now() / 1000 + 3600;

test.each<[string, string[], () => void]>([
  ['packages installed by hand for production', ['npm'], () => { rmSync(at('node_modules', '@typescript'), { recursive: true }); rmSync(at('node_modules', '.elucidate-installed')); }],
  ['a package lost, and no stamp of ours', ['npm'], () => { rmSync(at('node_modules', 'left'), { recursive: true }); rmSync(at('node_modules', '.elucidate-installed')); }],
  ['no compiler', ['npm'], () => rmSync(at('node_modules', '@typescript'), { recursive: true })],
  ['an installation cut off in the middle', ['npm'], () => { rmSync(at('node_modules'), { recursive: true }); write('node_modules/left/package.json', '{}'); }],
  ['the output of a build removed', ['tsc'], () => rmSync(at('apps', 'cli', 'dist'), { recursive: true })],
  ['a file of it removed', ['tsc'], () => rmSync(at('apps', 'cli', 'dist', 'other.js'))],
  ['the page removed', ['vite'], () => rmSync(at('apps', 'web', 'dist'), { recursive: true })],
  ['a source of the page changed', ['vite'], () => utimesSync(at('apps', 'web', 'src', 'main.tsx'), later, later)],
])('%s: it is made good', (_, calls, damage) => {
  setUp();
  damage();
  expect(setUp()).toEqual(calls);
  expect(existsSync(at('apps', 'cli', 'dist', 'other.js'))).toBe(true);
});
