/**
 * Prerequisites of every command: a supported Node, installed packages, built code.
 * Uses only Node built-ins, so that it works in a fresh clone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Exits with one sentence if Node is older than package.json's `engines`. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`elucidate needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one, for instance with nvm or from nodejs.org.`);
  process.exit(2);
}

/** Runs a command on our terminal; resolves to its exit code. The terminal itself sends it Ctrl-C. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 130 : code));
  });
}

async function step(what, command, args) {
  const began = Date.now();
  process.stderr.write(`${what} ...\n`);
  const code = await run(command, args, { stdio: ['ignore', 2, 2] });
  if (code !== 0) {
    console.error(`${what} failed: \`${command} ${args.join(' ')}\` ended with ${code}. Its output is above.`);
    process.exit(1);
  }
  process.stderr.write(`${what}: ${((Date.now() - began) / 1000).toFixed(0)} s\n`);
}

const lockFile = join(root, 'package-lock.json');
const stampFile = join(root, 'node_modules', '.elucidate-installed');

/** The lock file and the platform: what an installation depends on. */
function wantedStamp() {
  return createHash('sha256').update(readFileSync(lockFile)).update(`${process.platform} ${process.arch}`).digest('hex');
}

const compiler = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');

/** True if node_modules matches the lock file, by our stamp or else by npm's own record, and holds what a build needs: npm leaves that out when NODE_ENV is production. */
function installed() {
  if (!existsSync(compiler)) return false;
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === wantedStamp();
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record) || statSync(record).mtimeMs < statSync(lockFile).mtimeMs) return false;
  const wanted = Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {});
  return wanted.every(([path, { optional, peer }]) => path === '' || optional || peer || existsSync(join(root, path, 'package.json')));
}

/** npm, through its own script if npm started this process, so that it also works on Windows. */
function npm() {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
}

/** True if this user may write in a folder, or make it. */
function writable(folder) {
  const parent = dirname(folder);
  if (!existsSync(folder) && parent !== folder) return writable(parent);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

export async function ensureInstalled() {
  if (installed()) return;
  const [command, first] = npm();
  // npm needs a cache: elsewhere where the home folder is read-only or not there
  const cache = writable(process.env.npm_config_cache ?? join(homedir(), '.npm')) ? undefined : mkdtempSync(join(tmpdir(), 'elucidate-npm-'));
  if (cache !== undefined) process.once('exit', () => rmSync(cache, { recursive: true, force: true }));
  await step('Installing packages', command, [...first, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error', ...(cache === undefined ? [] : ['--cache', cache])]);
  writeFileSync(stampFile, wantedStamp());
}

/** Compiles what has changed since the last time, or is missing; takes a fraction of a second if nothing has. */
export async function ensureBuilt() {
  for (const project of projects()) forgetIncompleteBuild(project);
  const arguments_ = [compiler, '-b', 'tsconfig.json'];
  if (!existsSync(join(root, 'apps', 'cli', 'dist', 'main.js'))) await step('Building', process.execPath, arguments_);
  else build(arguments_);
  if (!isDashboardBuilt()) build([join(dirname(createRequire(join(dashboard, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js'), 'build', dashboard, '--logLevel', 'warn']);
}

function build(arguments_) {
  const { status } = spawnSync(process.execPath, arguments_, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error('Building failed; its output is above.');
  process.exit(1);
}

const dashboard = join(root, 'apps', 'web');

/** Whether the page is newer than everything that it is made of. */
function isDashboardBuilt() {
  const page = join(dashboard, 'dist', 'index.html');
  if (!existsSync(page)) return false;
  const folders = [join(dashboard, 'src'), ...['figures', 'experiment', 'statistics', 'metrics'].map((name) => join(root, 'libs', name, 'dist'))].filter(existsSync);
  const files = [join(dashboard, 'index.html'), ...folders.flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)))];
  const builtAt = statSync(page).mtimeMs;
  return files.every((file) => statSync(file).mtimeMs <= builtAt);
}

const projects = () => JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references.map(({ path }) => join(root, path));

/** The compiler goes by its record alone: without this, a folder dist that was removed, or lacks a file, would never be made again. */
function forgetIncompleteBuild(project) {
  const record = join(project, 'tsconfig.tsbuildinfo');
  if (!existsSync(record) || !existsSync(join(project, 'src'))) return;
  const sources = readdirSync(join(project, 'src'), { recursive: true }).filter((name) => /(?<!\.test|\.fixture|\.d)\.ts$/.test(name));
  if (sources.some((name) => !existsSync(join(project, 'dist', name.replace(/ts$/, 'js'))))) rmSync(record);
}
