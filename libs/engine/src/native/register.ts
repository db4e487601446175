import * as tf from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { nativeErrorCodes } from '@elucidate/engine-native/addon';
import { ElucidateError } from '@elucidate/experiment/errors';
import { registerSimdKernels } from '../simd/register.js';
import { nativeConvolutions } from './convolution.js';

const backendName = 'native';

/** The simd backend's kernels under the name `native`, with oneDNN's convolutions. Call once per process. */
export function registerNativeKernels(): void {
  if (tf.getKernel('GroupNormSilu', backendName)) return;
  registerSimdKernels(backendName, nativeConvolutions);
  for (const config of tf.getKernelsForBackend(backendName)) {
    tf.unregisterKernel(config.kernelName, backendName);
    tf.registerKernel({ ...config, kernelFunc: namingFailures(config) });
  }
}

/** Adds the kernel and its shapes to an error that the addon throws. Throws engine.out_of_memory if that was the cause. */
export function namingFailures({ kernelName, kernelFunc }: KernelConfig): KernelFunc {
  return (call) => {
    try {
      return kernelFunc(call);
    } catch (cause) {
      const { code, message } = cause as { code?: string; message?: string };
      const said = `The native engine's kernel ${kernelName} failed on ${shapesOf(call.inputs)}: ${message}`;
      if (code === nativeErrorCodes.failure) throw new Error(said, { cause });
      if (code === nativeErrorCodes.noMemory) throw new ElucidateError('engine.out_of_memory', `${said}; use a smaller batch or network, or fewer slots`, { cause });
      throw cause;
    }
  };
}

const shapesOf = (inputs: object) => Object.entries(inputs as Record<string, TensorInfo>).map(([name, { shape }]) => `${name} [${shape.join(', ')}]`).join(', ');
