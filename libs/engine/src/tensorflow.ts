import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend, Probe } from './backend.js';
import { processorName } from './device.js';

/** Optional packages that bring libtensorflow, best first. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const remedy =
  'Run `npm install --no-save @tensorflow/tfjs-node` (or -gpu: CUDA 11.2, cuDNN 8.1) where it can download libtensorflow 2.9.1; ' +
  'TFJS_NODE_BASE_URI names a mirror.';

const require = createRequire(import.meta.url);

/** The package that is installed, or undefined; says nothing about whether its native part loads. */
export function tensorflowPackage(): string | undefined {
  return packages.find((name) => {
    try {
      return require.resolve(name) !== '';
    } catch {
      return false;
    }
  });
}

/** tfjs-node 4.22 calls functions that Node 23 took out of `util`. */
function restoreUtilFunctions(): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value == null;
  util['isUndefined'] ??= (value: unknown) => value === undefined;
  util['isArray'] ??= Array.isArray;
}

/** Imports the first package that loads; importing one makes `tensorflow` tfjs's current backend. */
async function load(): Promise<{ version: string } | { failures: string[] }> {
  restoreUtilFunctions();
  const failures: string[] = [];
  for (const name of packages) {
    try {
      await import(name);
      return { version: (require(`${name}/package.json`) as { version: string }).version };
    } catch (cause) {
      failures.push(isMissing(cause) ? `${name} is not installed` : `${name} does not load (${firstLine(cause)})`);
    }
  }
  return { failures };
}

const isMissing = (cause: unknown) => ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((cause as { code?: string }).code ?? '');
const firstLine = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];

function device(): string {
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
  return isUsingGpuDevice ? 'GPU' : processorName();
}

/** libtensorflow through tfjs-node: the one backend that knows CUDA. */
export const tensorflow: Backend = {
  async probe(): Promise<Probe> {
    const before = tf.getBackend();
    const loaded = await load();
    if ('failures' in loaded) return { available: false, reason: loaded.failures.join(' and '), remedy };
    const found: Probe = { available: true, version: loaded.version, device: device() };
    if (before) await tf.setBackend(before);
    return found;
  },

  /** libtensorflow reads its thread count from the environment, once, when its first session opens. */
  async init(threads) {
    process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
    const loaded = await load();
    await tf.setBackend('tensorflow');
    return { version: 'version' in loaded ? loaded.version : '', threads: Number(process.env['TF_NUM_INTRAOP_THREADS']), device: device() };
  },
};
