/**
 * Prerequisites of every command: a supported Node, installed packages, built code.
 * Uses only Node built-ins, so that it works in a fresh clone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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

/** True if node_modules matches the lock file: by our stamp, or because npm's own record is newer than the lock. */
function installed() {
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === wantedStamp();
  const record = join(root, 'node_modules', '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(lockFile).mtimeMs;
}

/** npm, through its own script if npm started this process, so that it also works on Windows. */
function npm() {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
}

export async function ensureInstalled() {
  if (installed()) return;
  const [command, first] = npm();
  await step('Installing packages', command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stampFile, wantedStamp());
}

/** Compiles what has changed since the last time; takes a fraction of a second if nothing has. */
export async function ensureBuilt() {
  const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  if (!existsSync(join(root, 'apps', 'cli', 'dist', 'main.js'))) return step('Building', process.execPath, [tsc, '-b', 'tsconfig.json']);
  const { status } = spawnSync(process.execPath, [tsc, '-b', 'tsconfig.json'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}
