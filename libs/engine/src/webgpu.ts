import * as tf from '@tensorflow/tfjs-core';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Backend } from './backend.js';
import { adapterName, findAdapter, isSoftware } from './webgpu-adapter.js';
import type { FoundAdapter } from './webgpu-adapter.js';
import type { Gpu, GpuAdapter, GpuDevice } from './webgpu-api.js';
import { guardReads, watchDevice } from './webgpu-device.js';
import type { Failure, Readable } from './webgpu-device.js';
import { registerOwnGradients } from './own-gradients.js';
import { adamKernels } from './webgpu/adam.js';
import { affineKernels } from './webgpu/affine-each.js';
import { attentionKernels } from './webgpu/attention.js';
import { arithmeticKernels } from './webgpu/arithmetic.js';
import { convolutionKernels, sumKernels } from './webgpu/convolution.js';
import { copyKernels } from './webgpu/copies.js';
import { filterAndBiasKernels, filterGradientKernels } from './webgpu/filter-gradient.js';
import { normKernels } from './webgpu/norm.js';
import { perImageKernels } from './webgpu/per-image.js';
import { projectionKernels } from './webgpu/projections.js';
import { resizeKernels } from './webgpu/resize.js';
import { siluKernels } from './webgpu/silu.js';
import { sinusoidKernels } from './webgpu/sinusoids.js';
import { vectorKernels } from './webgpu/vectors.js';

/** Limits that tfjs's kernels use if an adapter offers more than WebGPU's defaults. */
const raisedLimits = [
  'maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize', 'maxComputeWorkgroupsPerDimension', 'maxComputeWorkgroupSizeX', 'maxComputeInvocationsPerWorkgroup',
] as const;

/** Features that are used if an adapter has them: timestamps, for `--profile`. */
const wantedFeatures = ['timestamp-query'];

/** The device in use, until it fails. */
let current: { adapter: GpuAdapter; version: string; failure: Failure } | undefined;

/** Any GPU with a Vulkan, Metal or Direct3D 12 driver, through Dawn; no CUDA. Results can only be read by `await tensor.data()`. */
export const webgpu: Backend = {
  async probe() {
    const found = await findAdapter();
    if ('reason' in found) return { available: false, ...found };
    const { info } = found.adapter;
    const device = adapterName(info);
    return {
      available: true, version: found.version, device,
      ...(isSoftware(info) && { onlyByName: `its adapter is ${device}` }),
    };
  },

  async init() {
    if (!current || current.failure()) {
      const found = await findAdapter();
      if ('reason' in found) throw new ElucidateError('engine.absent', `The GPU went away: ${found.reason}. ${found.remedy}`);
      current = await open(found);
    }
    await tf.setBackend('webgpu');
    const { adapter: { info }, version, failure } = current;
    return { version, threads: 1, device: adapterName(info), failure };
  },
};

async function open({ gpu, adapter, module, version }: Exclude<FoundAdapter, { reason: string }>): Promise<NonNullable<typeof current>> {
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(raisedLimits.map((name) => [name, adapter.limits[name] ?? 0])),
    requiredFeatures: wantedFeatures.filter((name) => adapter.features.has(name)),
  });
  const failure = watchDevice(device);
  keepLimits(device, adapter);
  const backend = withNavigator(gpu, () => new module.WebGPUBackend(device, adapter.info)) as Readable & tf.KernelBackend;
  guardReads(backend, failure);
  if (tf.findBackend('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend);
  registerKernels();
  return { adapter, version, failure };
}

/** Dawn makes a new object of a device's limits each time they are read, which tfjs does for each program: a tenth of a training step's CPU time. */
function keepLimits(device: GpuDevice, { limits }: GpuAdapter): void {
  const kept = Object.fromEntries(Object.keys(Object.getPrototypeOf(limits) as object).map((name) => [name, device.limits[name]]));
  Object.defineProperty(device, 'limits', { value: kept });
}

/** Registers our own kernels besides tfjs's, and in place of some. Call once per process. */
function registerKernels(): void {
  if (tf.getKernel('GroupNormSilu', 'webgpu')) return;
  for (const [kernelName, kernelFunc] of Object.entries({ ...normKernels, ...resizeKernels, ...perImageKernels, ...affineKernels, ...adamKernels, ...vectorKernels, ...attentionKernels, ...sinusoidKernels, ...siluKernels, ...sumKernels, ...filterAndBiasKernels, ...projectionKernels })) tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc });
  for (const [kernelName, over] of Object.entries({ ...convolutionKernels, ...filterGradientKernels, ...copyKernels, ...arithmeticKernels })) {
    const stock = tf.getKernel(kernelName, 'webgpu');
    tf.unregisterKernel(kernelName, 'webgpu');
    tf.registerKernel({ ...stock, kernelFunc: over(stock.kernelFunc) });
  }
  registerOwnGradients();
}

/** tfjs's constructor checks navigator.gpu for WebGPU; other packages take a navigator as a sign of a browser, so it is removed right after. */
function withNavigator<T>(gpu: Gpu, make: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(globalThis, 'navigator');
    if (before) Object.defineProperty(globalThis, 'navigator', before);
  }
}
