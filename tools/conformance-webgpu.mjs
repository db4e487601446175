/**
 * `npm run conformance:webgpu`: the engine's table of kernels and gradients, and the comparison of training runs, on WebGPU.
 * Uses Mesa's software adapter (lavapipe), so that a machine without a GPU can run it; --gpu uses the system's adapter.
 * Prints in one line what is missing and exits with 0, or with 1 if --require is given.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requireNode, root, run } from './bootstrap.mjs';

const packages = ['webgpu', '@tensorflow/tfjs-backend-webgpu'];
const driverFolders = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
const lavapipe = 'install Mesa 25 or newer (Debian 12: `apt install -t bookworm-backports mesa-vulkan-drivers`), or unpack it anywhere and let VK_DRIVER_FILES name its lvp_icd.json';

const { values } = parseArgs({ options: { require: { type: 'boolean' }, gpu: { type: 'boolean' } } });

function skip(reason) {
  console.log(`conformance:webgpu skipped: ${reason}`);
  process.exit(values.require ? 1 : 0);
}

function isInstalled(name) {
  try {
    return createRequire(join(root, 'libs', 'engine', 'package.json')).resolve(`${name}/package.json`) !== '';
  } catch {
    return false;
  }
}

function lavapipeDriver() {
  const given = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (given) return given;
  const files = driverFolders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return files.find((file) => /\/lvp_icd.*\.json$/.test(file));
}

/** The adapter that Dawn finds, in a separate process, since the driver is chosen at the first request. */
function adapterOf(env) {
  const ask = "const { create } = await import('webgpu'); const gpu = create([]); const adapter = await gpu.requestAdapter(); console.log(adapter ? `${adapter.info.device} (${adapter.info.description})` : '')";
  return execFileSync(process.execPath, ['--input-type=module', '-e', ask], { cwd: join(root, 'libs', 'engine'), env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

requireNode();
// does not install like other commands: `npm ci` would remove packages added by hand
if (!isInstalled('jest')) skip('the packages of the project are not installed; run `npm ci`');
const missing = packages.filter((name) => !isInstalled(name));
if (missing.length > 0) skip(`${missing.join(' and ')} not installed; run \`npm install --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0\``);
const driver = values.gpu ? undefined : lavapipeDriver();
if (!values.gpu && !driver) skip(`no lavapipe on this machine; ${lavapipe}`);
const env = { ...process.env, ...(driver && { VK_DRIVER_FILES: driver }), ELUCIDATE_TEST_BACKENDS: 'webgpu' };
const adapter = adapterOf(env);
if (!adapter) skip(values.gpu ? 'Dawn finds no GPU; `vulkaninfo --summary` names what the system has' : `${driver} gives Dawn no adapter: Mesa is older than 25, or the loader (Debian: libvulkan1) is missing; ${lavapipe}`);

console.log(`WebGPU on ${adapter}`);
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const suites = [['engine', ['conformance', 'integers', 'training.test', 'webgpu']], ['training', ['device-trainer', 'backends']]];
let failed = 0;
for (const [project, patterns] of suites) failed += (await run(process.execPath, [jest, ...patterns], { cwd: join(root, 'libs', project), env })) === 0 ? 0 : 1;
process.exit(failed > 0 ? 1 : 0);
