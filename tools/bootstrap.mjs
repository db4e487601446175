/**
 * What must be true before anything of the project runs: a fitting Node, installed packages, built code.
 * Node built-ins only, so that it works in a fresh clone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Exits with one sentence when Node is older than package.json's `engines` asks. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`elucidate needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one, for instance with nvm or from nodejs.org.`);
  process.exit(2);
}

/** Runs a command with our terminal; resolves to its exit code. A Ctrl-C reaches it by the terminal itself. */
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

/** True when node_modules holds just what the lock file says: by our stamp, or by npm's own record being newer than the lock. */
function installed() {
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === wantedStamp();
  const record = join(root, 'node_modules', '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(lockFile).mtimeMs;
}

/** npm, called the way this process was: through its own script where npm tells it, so that it also works on Windows. */
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

/** Compiles what has changed since the last time; a fraction of a second when nothing has. */
export async function ensureBuilt() {
  const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  if (!existsSync(join(root, 'apps', 'cli', 'dist', 'main.js'))) return step('Building', process.execPath, [tsc, '-b', 'tsconfig.json']);
  const { status } = spawnSync(process.execPath, [tsc, '-b', 'tsconfig.json'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}
