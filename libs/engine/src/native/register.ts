import * as tf from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { nativeErrorCode } from '@elucidate/engine-native/addon';
import { registerSimdKernels } from '../simd/register.js';
import { nativeConvolutions } from './convolution.js';

const backendName = 'native';

/** The simd backend's kernels under the name `native`, the convolutions oneDNN's. Once a process. */
export function registerNativeKernels(): void {
  if (tf.getKernel('GroupNormSilu', backendName)) return;
  registerSimdKernels(backendName, nativeConvolutions);
  for (const config of tf.getKernelsForBackend(backendName)) {
    tf.unregisterKernel(config.kernelName, backendName);
    tf.registerKernel({ ...config, kernelFunc: namingFailures(config) });
  }
}

/** Says of what the addon throws which kernel it was and on which shapes. */
export function namingFailures({ kernelName, kernelFunc }: KernelConfig): KernelFunc {
  return (call) => {
    try {
      return kernelFunc(call);
    } catch (cause) {
      if ((cause as { code?: string }).code !== nativeErrorCode) throw cause;
      throw new Error(`The native engine's kernel ${kernelName} failed on ${shapesOf(call.inputs)}: ${(cause as Error).message}`, { cause });
    }
  };
}

const shapesOf = (inputs: object) => Object.entries(inputs as Record<string, TensorInfo>).map(([name, { shape }]) => `${name} [${shape.join(', ')}]`).join(', ');
