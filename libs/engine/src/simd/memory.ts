/// <reference path="./webassembly.d.ts" />
import { ElucidateError } from '@elucidate/experiment/errors';

const pageBytes = 65536;
/** Address 0 is null, and what lies below 64 KiB belongs to the kernels' module. */
const firstAddress = pageBytes;
/** As asc was told; the kernels import a memory of just this shape. */
const initialPages = 16;
const maximumPages = 65536;

/** Rounds up to one of eight sizes a doubling, so that tensors of nearly equal size can take each other's place. At most an eighth is wasted. */
export function roundedSize(bytes: number): number {
  const step = Math.max(16, 2 ** Math.floor(Math.log2(Math.max(1, bytes))) / 8);
  return Math.max(16, Math.ceil(bytes / step) * step);
}

/**
 * The one memory that tensors and kernels share, with an allocator over it: freed pieces wait in a list for the next request of
 * their size. Training asks for the same sizes every step, so it stops growing after the first. Shared, because views on a shared
 * memory outlive its growth.
 */
export class SimdMemory {
  readonly memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
  private readonly free = new Map<number, number[]>();
  private top = firstAddress;

  /** Address of at least so many bytes, not zeroed, aligned to 16. */
  take(bytes: number): number {
    const size = roundedSize(bytes);
    const freed = this.free.get(size)?.pop();
    if (freed !== undefined) return freed;
    const address = this.top;
    this.reach(address + size);
    this.top += size;
    return address;
  }

  /** Gives back what `take(bytes)` gave. */
  give(address: number, bytes: number): void {
    const size = roundedSize(bytes);
    const freed = this.free.get(size);
    if (freed) freed.push(address);
    else this.free.set(size, [address]);
  }

  /** Bytes ever taken from the system. */
  get heldBytes(): number {
    return this.memory.buffer.byteLength;
  }

  private reach(end: number): void {
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    // An eighth more than asked for: growing is slow, and comes in bursts.
    const wanted = Math.min(Math.ceil(Math.max(missing, this.memory.buffer.byteLength / 8) / pageBytes), maximumPages - this.memory.buffer.byteLength / pageBytes);
    try {
      this.memory.grow(Math.max(wanted, Math.ceil(missing / pageBytes)));
    } catch (cause) {
      throw new ElucidateError(
        'engine.out_of_memory',
        `The simd engine cannot grow its memory from ${this.memory.buffer.byteLength} to ${end} bytes (limit 4 GiB); use a smaller batch or network`,
        { cause },
      );
    }
  }
}
