import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend, Probe } from './backend.js';
import { processorName } from './backend.js';
import { notLoaded } from './packages.js';

/** Optional packages that bring libtensorflow, best first. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const remedy =
  'Run `npm install --no-save @tensorflow/tfjs-node` (or -gpu: CUDA 11.2, cuDNN 8.1) where it can download libtensorflow 2.9.1; ' +
  'TFJS_NODE_BASE_URI names a mirror.';

/** The package that is installed, or undefined; does not check whether its native part loads. */
export function tensorflowPackage(): string | undefined {
  const { resolve } = createRequire(import.meta.url);
  return packages.find((name) => {
    try {
      return resolve(name) !== '';
    } catch {
      return false;
    }
  });
}

/** tfjs-node 4.22 calls functions that Node 23 removed from `util`. */
function restoreUtilFunctions(): void {
  const util = process.getBuiltinModule('node:util') as unknown as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value == null;
  util['isUndefined'] ??= (value: unknown) => value === undefined;
  util['isArray'] ??= Array.isArray;
}

/** Counts the changes of what is computed for it outside of libtensorflow that change results. 2: the sines of noise levels come from the host. */
const ownNumerics = 2;

type Loaded = { version: string } | { failures: string[] };

/** Loads the first package that works, resolved from the file `from`; loading one makes `tensorflow` tfjs's current backend. */
export function loadTensorflow(from: string | URL = import.meta.url): Loaded {
  restoreUtilFunctions();
  const require = createRequire(from);
  const failures: string[] = [];
  for (const name of packages) {
    try {
      require(name);
      return { version: `${(require(`${name}/package.json`) as { version: string }).version}${name.endsWith('-gpu') ? '-gpu' : ''}+numerics.${ownNumerics}` };
    } catch (cause) {
      failures.push(withoutLibrary(cause) ? `${name} is installed without its native library, which its install script downloads` : notLoaded(name, cause));
    }
  }
  return { failures };
}

/** After `npm install --ignore-scripts`, or if the download failed and the package stayed. */
function withoutLibrary(cause: unknown): boolean {
  return cause instanceof Error && /native addon module .* can not be found/s.test(cause.message);
}

/** The processor's name, or GPU; a GPU build that found no CUDA says so. */
export function tensorflowDevice(backend: object): string {
  const { isUsingGpuDevice, isGPUPackage } = backend as { isUsingGpuDevice?: boolean; isGPUPackage?: boolean };
  if (isUsingGpuDevice) return 'GPU by CUDA';
  return isGPUPackage ? `${processorName()}, since libtensorflow found no CUDA 11.2 with cuDNN 8.1 and a GPU` : processorName();
}

/** libtensorflow through tfjs-node: the only backend that supports CUDA. */
export const tensorflow: Backend = {
  async probe(): Promise<Probe> {
    const before = tf.getBackend();
    const loaded = loadTensorflow();
    if ('failures' in loaded) return { available: false, reason: loaded.failures.join(' and '), remedy };
    await tf.setBackend('tensorflow');
    const found: Probe = { available: true, version: loaded.version, device: tensorflowDevice(tf.backend()) };
    if (before) await tf.setBackend(before);
    return found;
  },

  /** libtensorflow reads its thread count from the environment, once, when its first session opens. */
  async init(threads) {
    process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
    const loaded = loadTensorflow();
    await tf.setBackend('tensorflow');
    return { version: 'version' in loaded ? loaded.version : '', threads: Number(process.env['TF_NUM_INTRAOP_THREADS']), device: tensorflowDevice(tf.backend()) };
  },
};
