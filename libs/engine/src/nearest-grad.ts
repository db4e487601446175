import * as tf from '@tensorflow/tfjs-core';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';

/**
 * Replaces ResizeNearestNeighborGrad, which tfjs-backend-cpu 4.22 gets wrong for batches above 1:
 * it steps through dy with the stride of the images.
 */
export function registerNearestGrad(backendName: string): void {
  tf.unregisterKernel('ResizeNearestNeighborGrad', backendName);
  tf.registerKernel({ kernelName: 'ResizeNearestNeighborGrad', backendName, kernelFunc: nearestGrad as unknown as tf.KernelFunc });
}

interface NearestGradCall {
  inputs: { images: tf.TensorInfo; dy: tf.TensorInfo };
  backend: MathBackendCPU;
  attrs: { alignCorners: boolean };
}

/** The pixel of the small image that each pixel of the large one was copied from. */
function sources(large: number, small: number, alignCorners: boolean): number[] {
  const scale = alignCorners && large > 1 ? (small - 1) / (large - 1) : small / large;
  return Array.from({ length: large }, (_, i) => Math.min(small - 1, alignCorners ? Math.round(i * scale) : Math.floor(i * scale)));
}

function nearestGrad({ inputs: { images, dy }, backend, attrs: { alignCorners } }: NearestGradCall): tf.TensorInfo {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const rows = sources(dy.shape[1] ?? 0, height, alignCorners);
  const columns = sources(dy.shape[2] ?? 0, width, alignCorners);
  const from = backend.data.get(dy.dataId).values as Float32Array;
  const to = new Float32Array(batch * height * width * channels);
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (const row of rows) {
      for (const column of columns) {
        const base = ((b * height + row) * width + column) * channels;
        for (let c = 0; c < channels; c++) to[base + c] = (to[base + c] ?? 0) + (from[at++] ?? 0);
      }
    }
  }
  return backend.makeTensorInfo(images.shape, 'float32', to);
}
