/**
 * `npm run build:native`: builds build/Release/engine_native.node where this machine has what it takes, else says in one line what is
 * missing; `--require` makes that an error. Downloads nothing: the headers of N-API come from the package node-api-headers.
 * ELUCIDATE_DNNL_DIR names a oneDNN elsewhere, a folder with include/ and lib/.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const getThem = '`apt install g++ make python3 libdnnl-dev`';
const compiler = process.env.CXX || 'g++';

const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** The flags that find oneDNN, or undefined. */
function oneDnn() {
  const dir = process.env.ELUCIDATE_DNNL_DIR;
  if (dir) {
    if (!existsSync(join(dir, 'include', 'dnnl.hpp'))) return undefined;
    return { cflags: [`-I${join(dir, 'include')}`], libraries: [`-L${join(dir, 'lib')}`, `-Wl,-rpath,${join(dir, 'lib')}`, '-ldnnl'] };
  }
  const found = spawnSync('pkg-config', ['--cflags', '--libs', 'dnnl'], { encoding: 'utf8' });
  if (found.status === 0) {
    const flags = found.stdout.trim().split(/\s+/);
    return { cflags: flags.filter((flag) => flag.startsWith('-I')), libraries: flags.filter((flag) => !flag.startsWith('-I')) };
  }
  const header = spawnSync(compiler, ['-x', 'c++', '-std=c++17', '-fsyntax-only', '-include', 'dnnl.hpp', '/dev/null'], { stdio: 'ignore' });
  return header.status === 0 ? { cflags: [], libraries: ['-ldnnl'] } : undefined;
}

/** Why nothing can be built here, or undefined. */
function missing() {
  if (!['linux', 'darwin'].includes(process.platform)) return `${process.platform} is not tried`;
  if (!succeeds(compiler, ['--version'])) return `no C++ compiler (${compiler})`;
  if (!succeeds('make', ['--version'])) return 'no make';
  if (!succeeds('python3', ['--version'])) return 'no python3, which node-gyp runs on';
  if (!oneDnn()) return `no oneDNN (dnnl.hpp${process.env.ELUCIDATE_DNNL_DIR ? ` in ELUCIDATE_DNNL_DIR=${process.env.ELUCIDATE_DNNL_DIR}` : ''})`;
  return undefined;
}

/** What node-gyp expects of Node's headers: N-API is all of them that we include. */
function makeNodeDir() {
  const include = join(root, 'build', 'node', 'include', 'node');
  mkdirSync(include, { recursive: true });
  cpSync(require('node-api-headers').include_dir, include, { recursive: true });
  const defaults = { configurations: { Release: { cflags: ['-fPIC'], xcode_settings: { GCC_SYMBOLS_PRIVATE_EXTERN: 'YES' } } }, default_configuration: 'Release' };
  writeFileSync(join(include, 'common.gypi'), JSON.stringify({ target_defaults: defaults }));
  writeFileSync(join(include, 'config.gypi'), JSON.stringify({ target_defaults: {}, variables: { target_arch: process.arch, host_arch: process.arch, napi_build_version: '8' } }));
  return join(root, 'build', 'node');
}

/** Runs node-gyp; gives what it said when it failed. npm's own setting of nodedir, where there is one, would win over ours. */
function gyp(args) {
  const environment = { ...process.env, CXX: compiler };
  delete environment.npm_config_nodedir;
  const command = join(dirname(require.resolve('node-gyp/package.json')), 'bin', 'node-gyp.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd: root, encoding: 'utf8', env: environment });
  return status === 0 ? undefined : stdout + stderr;
}

/** Says in a result's provenance which sources computed it. */
function sourcesHash() {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(root, 'native')).sort()) hash.update(name).update(readFileSync(join(root, 'native', name)));
  return hash.digest('hex').slice(0, 8);
}

function build({ cflags, libraries }) {
  const defines = [`-Dsources_hash=${sourcesHash()}`, `-Ddnnl_cflags=${cflags.join(' ')}`, `-Ddnnl_libraries=${libraries.join(' ')}`];
  return gyp(['configure', '--release', `--nodedir=${makeNodeDir()}`, '--', ...defines]) ?? gyp(['build', '--release', '--jobs=max']);
}

const why = missing();
if (why) {
  console.log(`The engine native is not built: ${why}. Get what it takes with ${getThem}, then run npm run build:native.`);
  process.exit(process.argv.includes('--require') ? 1 : 0);
}
const failure = build(oneDnn());
if (failure) {
  console.error(failure);
  console.error('The engine native is not built: the compiler failed, see above.');
  process.exit(1);
}
const { oneDnnVersion } = require(join(root, 'build', 'Release', 'engine_native.node'));
console.log(`The engine native is built with oneDNN ${oneDnnVersion}: libs/engine-native/build/Release/engine_native.node`);
