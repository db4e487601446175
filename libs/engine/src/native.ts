import * as tf from '@tensorflow/tfjs-core';
import { loadAddon } from '@elucidate/engine-native/addon';
import type { Addon } from '@elucidate/engine-native/addon';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Backend } from './backend.js';
import { processorName } from './backend.js';
import type { NativeBackend } from './native/native-backend.js';
import { compileKernels, instantiateKernels } from './simd/kernels.js';
import { SimdMemory } from './simd/memory.js';

/** Version of the kernels, of their sources and of the library behind them, "1+3fa2c91b, oneDNN 2.6.3". */
const version = ({ sources, oneDnnVersion }: Addon) => `1+${sources}, oneDNN ${oneDnnVersion}`;

/** The simd backend with its kernels in C++ over oneDNN, if `npm run build:native` has built them. Gives the same bytes at any number of threads. */
export const native: Backend = {
  async probe() {
    const loaded = loadAddon();
    if ('reason' in loaded) return { available: false, ...loaded };
    return { available: true, version: version(loaded.addon), device: processorName() };
  },

  async init(threads) {
    const loaded = loadAddon();
    if ('reason' in loaded) throw new ElucidateError('engine.absent', `The engine native went away: ${loaded.reason}. ${loaded.remedy}`);
    const { addon } = loaded;
    if (!tf.findBackend('native')) await register(addon);
    (tf.findBackend('native') as NativeBackend).computeWith(threads);
    await tf.setBackend('native');
    return { version: version(addon), threads, device: processorName() };
  },
};

async function register(addon: Addon): Promise<void> {
  const [{ NativeBackend: Made }, { registerNativeKernels }] = await Promise.all([import('./native/native-backend.js'), import('./native/register.js')]);
  registerNativeKernels();
  tf.registerBackend('native', () => {
    const heap = new SimdMemory();
    return new Made(heap, instantiateKernels(compileKernels('simd').module, heap.memory), addon);
  });
}
