import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.js';
import { processorName } from './backend.js';
import { registerNearestGrad } from './nearest-grad.js';

/** tfjs's plain JavaScript backend: hundreds of times slower than the others, and the oracle they are compared with. */
export const cpu: Backend = {
  async probe() {
    const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
    return { available: true, version, device: processorName() };
  },

  async init() {
    const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
    registerNearestGrad('cpu');
    await tf.setBackend('cpu');
    // Its first tensor would otherwise print an advertisement for tfjs-node.
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
    return { version, threads: 1, device: processorName() };
  },
};
