import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import type { Kernels, SplitKernel } from './kernels.js';
import type { SimdMemory } from './memory.js';
import type { Threads } from './threads.js';

/**
 * A float32 tensor's numbers in the shared memory. Kernels take `address`; the JavaScript kernels inherited from the cpu backend
 * read `values`, a view created on first use.
 */
class StoredNumbers {
  readonly dtype = 'float32';
  private view: Float32Array | undefined;

  constructor(readonly memory: SimdMemory, readonly address: number, readonly length: number, public refCount: number) {}

  get values(): Float32Array {
    return (this.view ??= new Float32Array(this.memory.memory.buffer, this.address, this.length));
  }

  /** Some kernels make their output first and fill it afterwards. */
  set values(numbers: ArrayLike<number>) {
    this.values.set(numbers);
  }
}

/** The items of one kernel call, computed independently. */
export interface Work {
  items: number;
  /** Shares are a multiple of this many items. Default 1. */
  grain?: number;
  /** Approximate time of the whole call on one thread, in nanoseconds; a short call is not worth waking another thread for. */
  cost: number;
}

/** A thread gets several shares of a job, so that a late thread delays it little. */
const sharesPerThread = 8;

/** The cpu backend with its float32 tensors in the memory of the SIMD kernels. Other dtypes stay JavaScript arrays. */
export class SimdBackend extends MathBackendCPU {
  /** Nanoseconds of work that are worth waking another thread for. */
  smallestShare = 25_000;
  private others: Threads | undefined;

  constructor(readonly heap: SimdMemory, readonly kernels: Kernels) {
    super();
    // Its first tensor would otherwise print an advertisement for tfjs-node.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): object {
    if (dtype !== 'float32') return super.write(values, shape, dtype);
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  /** Copies: the array stays its owner's. */
  // eslint-disable-next-line max-params -- tfjs's signature
  override move(dataId: object, values: backend_util.BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    if (dtype !== 'float32') return super.move(dataId, values, shape, dtype, refCount);
    const stored = this.store(dataId, sizeOf(shape), refCount);
    if (values) stored.values = values as Float32Array;
  }

  /** Copies: the memory may hold another tensor before the caller looks. */
  override readSync(dataId: object): backend_util.BackendValues {
    const stored = this.data.get(dataId) as unknown;
    return stored instanceof StoredNumbers ? stored.values.slice() : super.readSync(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    const stored = this.data.has(dataId) ? (this.data.get(dataId) as unknown) : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && stored instanceof StoredNumbers) this.heap.give(stored.address, stored.length * 4);
    return gone;
  }

  /** A new float32 tensor, uninitialised. */
  output(shape: readonly number[]): TensorInfo & { address: number } {
    const dataId = {};
    const { address } = this.store(dataId, sizeOf(shape), 1);
    return { dataId, shape: [...shape], dtype: 'float32', address };
  }

  /** Address of a float32 tensor's numbers. Throws for a tensor that is not in this memory: address 0 would be read instead. */
  address(info: TensorInfo): number {
    const stored: unknown = this.data.get(info.dataId);
    if (stored instanceof StoredNumbers) return stored.address;
    throw new Error(`A ${info.dtype} tensor of shape [${info.shape.join(', ')}] lies outside the simd engine's memory; the kernel that made it needs a form of its own`);
  }

  /** Threads that compute, including the main thread. */
  get threads(): number {
    return this.others?.count ?? 1;
  }

  /** Uses these threads from now on, or only the main one; the previous ones are stopped. */
  async useThreads(others: Threads | undefined): Promise<void> {
    const former = this.others;
    this.others = others;
    await former?.stop();
  }

  /** Calls a kernel over all its items, on as many threads as are worth using. */
  run(kernel: SplitKernel, args: readonly number[], { items, grain = 1, cost }: Work): void {
    const shares = Math.min(Math.ceil(items / grain), Math.floor(cost / this.smallestShare), this.threads * sharesPerThread);
    if (!this.others || shares < 2) (this.kernels[kernel] as (...numbers: number[]) => void)(...args, 0, items, 0);
    else this.others.run(this.kernels, { kernel, args, items, size: Math.ceil(items / grain / shares) * grain });
  }

  /** Runs `use` with this many bytes of scratch memory, freed when it returns. */
  withScratch<T>(bytes: number, use: (address: number) => T): T {
    const address = this.heap.take(bytes);
    try {
      return use(address);
    } finally {
      this.heap.give(address, bytes);
    }
  }

  /** Writes 32-bit integers for a kernel to read. */
  writeWords(address: number, words: readonly number[]): void {
    new Int32Array(this.heap.memory.buffer, address, words.length).set(words);
  }

  private store(dataId: object, length: number, refCount: number): StoredNumbers {
    const stored = new StoredNumbers(this.heap, this.heap.take(length * 4), length, refCount);
    this.data.set(dataId, stored as unknown as Parameters<typeof this.data.set>[1]);
    return stored;
  }
}
