import type { Addon, NativeKernel } from '@elucidate/engine-native/addon';
import type { Kernels, SplitKernel } from '../simd/kernels.js';
import type { SimdMemory } from '../simd/memory.js';
import { SimdBackend } from '../simd/simd-backend.js';
import type { Work } from '../simd/simd-backend.js';

/** The simd backend with the addon's kernels in place of the WebAssembly kernels of the same names; they have their own threads. */
export class NativeBackend extends SimdBackend {
  private view: Uint8Array = new Uint8Array();
  private count = 1;

  constructor(heap: SimdMemory, kernels: Kernels, private readonly addon: Addon) {
    super(heap, { ...kernels, ...serialKernels(addon, () => this.bytes) });
  }

  /** All tensors' bytes. Views outlive the memory's growth, but do not grow with it. */
  get bytes(): Uint8Array {
    const { buffer } = this.heap.memory;
    if ((this.view.buffer as unknown) !== buffer) this.view = new Uint8Array(buffer);
    return this.view;
  }

  override get threads(): number {
    return this.count;
  }

  computeWith(threads: number): void {
    this.addon.setThreads(threads);
    this.count = threads;
  }

  /** Kernels that the addon lacks run in WebAssembly on this thread. */
  override run(kernel: SplitKernel, args: readonly number[], work: Work): void {
    const ours = (this.addon as Partial<Record<SplitKernel, NativeKernel>>)[kernel];
    if (ours) ours(this.bytes, ...args, work.items);
    else super.run(kernel, args, work);
  }

  /** A convolution or one of its gradients; the numbers are a 'ConvolutionArgument'. */
  convolution(numbers: readonly number[]): void {
    this.addon.convolution(this.bytes, ...numbers);
  }
}

/** The kernels that WebAssembly runs on one thread only, over the addon. */
function serialKernels(addon: Addon, bytes: () => Uint8Array): Pick<Kernels, 'sumRows' | 'sumColumns' | 'groupNormSiluParts'> {
  const over = (kernel: NativeKernel) => (...numbers: number[]) => kernel(bytes(), ...numbers);
  return { sumRows: over(addon.sumRows), sumColumns: over(addon.sumColumns), groupNormSiluParts: over(addon.groupNormSiluParts) };
}
