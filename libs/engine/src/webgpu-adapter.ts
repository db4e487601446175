import { createRequire } from 'node:module';
import { notLoaded } from './packages.js';
import type { Dawn, Gpu, GpuAdapter, GpuAdapterInfo } from './webgpu-api.js';

/** Optional packages, and the versions that are known to work together. */
const dawnPackage = 'webgpu';
const backendPackage = '@tensorflow/tfjs-backend-webgpu';
/** How to get them. */
export const installDawn = 'Run `npm install --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0`';

/** What is needed to compute on a GPU, or why it is not available. */
export type FoundAdapter = { gpu: Gpu; adapter: GpuAdapter; module: BackendModule; version: string } | { reason: string; remedy: string };

interface BackendModule {
  WebGPUBackend: new (device: unknown, info: GpuAdapterInfo) => unknown;
}

const require = createRequire(import.meta.url);
/** Counts the changes of our own programs (`webgpu/`) that change results. */
const ownPrograms = 8;
const versionOf = (name: string) => (require(`${name}/package.json`) as { version: string }).version;

/** Dawn's single instance in the process: everything created from it dies when it is garbage-collected. */
let instance: Gpu | undefined;

/** Dawn's own adapter, which accepts every command and computes nothing; see `computeNothing`. */
let backendOption: string[] = [];

/** From now on, `webgpu` runs on Dawn's null backend: shows what JavaScript and Dawn cost without a GPU. Call before the engine starts; results are meaningless. */
export function computeNothing(): void {
  backendOption = ['backend=null'];
}

/** Loads Dawn, tfjs's backend and the best adapter of this machine. */
export async function findAdapter(): Promise<FoundAdapter> {
  const dawn = await load<Dawn>(dawnPackage);
  if ('reason' in dawn) return dawn;
  if (backendOption.length === 0 && isLoaderAbsent()) return noLoader;
  // before the backend's module, which would look for them when it is loaded
  Object.assign(globalThis, dawn.loaded.globals);
  const backend = await load<BackendModule>(backendPackage);
  if ('reason' in backend) return backend;
  // full clock resolution: rounded to a tenth of a millisecond, as for web pages, every GPU kernel would take no time
  instance ??= dawn.loaded.create(['disable-dawn-features=timestamp_quantization', ...backendOption]);
  const adapter = await instance.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return noAdapter;
  return { gpu: instance, adapter, module: backend.loaded, version: `${versionOf(backendPackage)}+dawn.${versionOf(dawnPackage)}+programs.${ownPrograms}` };
}

const noAdapter = {
  reason: 'no GPU answers: Dawn found no Vulkan, Metal or Direct3D 12 adapter',
  remedy: 'Install the driver of the GPU and the Vulkan loader (Debian: libvulkan1; `vulkaninfo --summary` names what it finds). A software adapter for tests is Mesa 25 or newer, VK_DRIVER_FILES naming its lvp_icd.json.',
};

const noLoader = { reason: 'no GPU answers: there is no Vulkan loader, libvulkan.so.1', remedy: noAdapter.remedy };

/** Whether Linux has no Vulkan loader, the only way to a GPU there: Dawn would say so in four lines on standard error. */
function isLoaderAbsent(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // no addon of Node's, so this throws in any case: the message tells whether the system could load it
    process.dlopen({ exports: {} }, 'libvulkan.so.1');
    return false;
  } catch (error) {
    return /cannot open shared object file|No such file or directory/i.test((error as Error).message);
  }
}

async function load<Module>(name: string): Promise<{ loaded: Module } | { reason: string; remedy: string }> {
  try {
    return { loaded: (await import(name)) as Module };
  } catch (cause) {
    return { reason: notLoaded(name, cause), remedy: remedyFor(cause) };
  }
}

function remedyFor(cause: unknown): string {
  const tooOld = cause instanceof Error && /GLIBCXX_|GLIBC_/.test(cause.message);
  return tooOld ? `This system's C++ library is older than the package was built for. ${installDawn}, which load on Debian 12 and later.` : `${installDawn}.`;
}

/** Computes on the CPU: useful only for tests. */
export function isSoftware({ architecture, isFallbackAdapter }: GpuAdapterInfo): boolean {
  return isFallbackAdapter === true || architecture === 'software' || architecture === 'swiftshader';
}

/** The adapter's name and driver, and its family, or that it computes in software: "llvmpipe (llvmpipe: Mesa 25.0.7), computes in software". */
export function adapterName(info: GpuAdapterInfo): string {
  const name = (info.device || info.vendor || 'unnamed adapter').replace(/-+$/, '');
  const family = isSoftware(info) ? 'computes in software' : info.architecture;
  return `${name}${info.description && ` (${info.description})`}${family && `, ${family}`}`;
}
