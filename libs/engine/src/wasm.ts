import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.js';
import { processorName } from './backend.js';
import { registerConvolutionGradients } from './wasm-convolution.js';

/** Starts tfjs-backend-wasm without the two process-wide listeners it leaves behind. */
async function setBackendQuietly(): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.rawListeners(event)));
  await tf.setBackend('wasm');
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event)) {
      if (!before[i]?.has(listener)) process.removeListener(event, listener as () => void);
    }
  });
}

/** tfjs's own WebAssembly backend, single-threaded (its threads do not run in Node), with the convolution gradients it lacks. */
export const wasm: Backend = {
  async probe() {
    const { version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
    return { available: true, version, device: processorName() };
  },

  async init() {
    const { version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
    registerConvolutionGradients();
    await setBackendQuietly();
    return { version, threads: 1, device: processorName() };
  },
};
