import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.js';
import { processorName } from './device.js';
import { compileKernels, instantiateKernels } from './simd/kernels.js';
import { SimdMemory } from './simd/memory.js';

/** Version of the kernels and of the file they were read from, "1+3fa2c91b". */
const version = (hash: string) => `1+${hash}`;

/** Our own backend: tfjs's cpu backend over WebAssembly memory, its hot kernels in SIMD. One thread; the same bytes on every machine. */
export const simd: Backend = {
  async probe() {
    try {
      return { available: true, version: version(compileKernels().hash), device: processorName() };
    } catch (cause) {
      return {
        available: false,
        reason: `its kernels do not load (${cause instanceof Error ? cause.message : String(cause)})`,
        remedy: 'Run `npm run -w @elucidate/engine build:kernels`.',
      };
    }
  },

  async init() {
    const { module, hash } = compileKernels();
    if (!tf.findBackend('simd')) {
      const [{ SimdBackend }, { registerSimdKernels }] = await Promise.all([import('./simd/simd-backend.js'), import('./simd/register.js')]);
      registerSimdKernels();
      tf.registerBackend('simd', () => {
        const memory = new SimdMemory();
        return new SimdBackend(memory, instantiateKernels(module, memory.memory));
      });
    }
    await tf.setBackend('simd');
    return { version: version(hash), threads: 1, device: processorName() };
  },
};
