import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend, Probe } from './backend.js';
import { processorName } from './backend.js';
import { compileKernels, instantiateKernels, kernelsFile } from './simd/kernels.js';
import type { CompiledKernels, KernelBuild } from './simd/kernels.js';
import { SimdMemory } from './simd/memory.js';
import type { SimdBackend } from './simd/simd-backend.js';

/** Version of the kernels and of the file they were read from, "1+3fa2c91b". */
const version = ({ hash }: CompiledKernels) => `1+${hash}`;

/** Our own backend: tfjs's cpu backend over WebAssembly memory, its hot kernels in SIMD. The same bytes on every machine and at any number of threads. */
export const simd: Backend = {
  probe: () => probe('simd'),
  init: (threads) => init('simd', threads),
};

/**
 * The same kernels compiled for relaxed SIMD: faster where the processor has fused multiply-add, and different in the last digits if it has not.
 * So `auto` never takes it.
 */
export const simdRelaxed: Backend = {
  async probe() {
    allowRelaxed();
    if (!WebAssembly.validate(readFileSync(kernelsFile('simd-relaxed')))) {
      return { available: false, reason: `Node ${process.versions.node} has no relaxed SIMD on this processor`, remedy: 'Use Node 20 or newer, or the engine simd.' };
    }
    const found = await probe('simd-relaxed');
    return found.available ? { ...found, onlyByName: 'its last digits depend on the processor' } : found;
  },
  init: (threads) => {
    allowRelaxed();
    return init('simd-relaxed', threads);
  },
};

/** Node 20 has relaxed SIMD behind a flag, which can still be set at run time; later versions always have it. */
function allowRelaxed(): void {
  if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

async function probe(build: KernelBuild): Promise<Probe> {
  try {
    return { available: true, version: version(compileKernels(build)), device: processorName() };
  } catch (cause) {
    return {
      available: false,
      reason: `its kernels do not load (${cause instanceof Error ? cause.message : String(cause)})`,
      remedy: 'Run `npm run -w @elucidate/engine build:kernels`.',
    };
  }
}

async function init(build: KernelBuild, threads: number): ReturnType<Backend['init']> {
  const kernels = compileKernels(build);
  if (!tf.findBackend(build)) await register(build, kernels);
  const backend = tf.findBackend(build) as SimdBackend;
  if (backend.threads !== threads) await backend.useThreads(threads > 1 ? await startThreads(kernels, backend, threads) : undefined);
  await tf.setBackend(build);
  return { version: version(kernels), threads: backend.threads, device: processorName() };
}

async function register(build: KernelBuild, { module }: CompiledKernels): Promise<void> {
  const [{ SimdBackend }, { registerSimdKernels, wasmKernels }] = await Promise.all([import('./simd/simd-backend.js'), import('./simd/register.js')]);
  registerSimdKernels(build, wasmKernels);
  tf.registerBackend(build, () => {
    const memory = new SimdMemory();
    return new SimdBackend(memory, instantiateKernels(module, memory.memory));
  });
}

async function startThreads({ module }: CompiledKernels, { heap }: SimdBackend, count: number) {
  const { Threads } = await import('./simd/threads.js');
  return Threads.start({ module, memory: heap.memory, count });
}
