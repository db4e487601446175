/// <reference path="./webassembly.d.ts" />
import { ElucidateError } from '@elucidate/experiment/errors';

const pageBytes = 65536;
/** Address 0 is null, and memory below 64 KiB belongs to the kernels' module. */
const firstAddress = pageBytes;
/** As given to asc; the kernels import a memory of exactly this shape. */
const initialPages = 16;
const maximumPages = 65536;
/** Growing is slow and comes in bursts, so memory grows by more than requested: this many bytes more at most. */
const largestReserve = 2 ** 24;

/** Rounds up to a multiple of 16, the kernels' alignment. */
export const roundedSize = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);

/**
 * The one memory that tensors, kernels and threads share, with an allocator over it: the smallest free piece that is large enough
 * serves a request, the remainder stays free, and adjacent free pieces are merged. Every training step allocates and frees the same
 * sizes, so it stops growing after the first. Shared, because views on a shared memory remain valid when it grows.
 */
export class SimdMemory {
  readonly memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
  /** Free pieces: size by address, and address by end. */
  private readonly sizes = new Map<number, number>();
  private readonly ends = new Map<number, number>();
  private top = firstAddress;
  private taken = 0;
  private peak = 0;

  /** Address of at least this many bytes, not zeroed, aligned to 16. Throws engine.out_of_memory. */
  take(bytes: number): number {
    const size = roundedSize(bytes);
    const address = this.fromFree(size) ?? this.fromTop(size);
    this.taken += size;
    this.peak = Math.max(this.peak, this.taken);
    return address;
  }

  /** Frees what `take(bytes)` returned. */
  give(address: number, bytes: number): void {
    const size = roundedSize(bytes);
    this.taken -= size;
    let [from, end] = [address, address + size];
    const before = this.ends.get(from);
    if (before !== undefined) this.forget(from = before);
    const after = this.sizes.get(end);
    if (after !== undefined) {
      this.forget(end);
      end += after;
    }
    if (end === this.top) this.top = from;
    else this.remember(from, end - from);
  }

  /** Bytes ever taken from the system. */
  get heldBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Bytes of tensors and scratch now, and their peak. */
  get used(): { now: number; peak: number } {
    return { now: this.taken, peak: this.peak };
  }

  private fromFree(size: number): number | undefined {
    let best: number | undefined;
    let bestSize = Infinity;
    for (const [address, free] of this.sizes) {
      if (free < size || free > bestSize || (free === bestSize && address > (best ?? 0))) continue;
      [best, bestSize] = [address, free];
      if (free === size) break;
    }
    if (best === undefined) return undefined;
    this.forget(best);
    if (bestSize > size) this.remember(best + size, bestSize - size);
    return best;
  }

  private fromTop(size: number): number {
    const address = this.top;
    this.reach(address + size, size);
    this.top += size;
    return address;
  }

  private remember(address: number, size: number): void {
    this.sizes.set(address, size);
    this.ends.set(address + size, address);
  }

  private forget(address: number): void {
    this.ends.delete(address + (this.sizes.get(address) ?? 0));
    this.sizes.delete(address);
  }

  private reach(end: number, requested: number): void {
    const held = this.heldBytes;
    if (end <= held) return;
    const missing = Math.ceil((end - held) / pageBytes);
    const reserve = Math.ceil(Math.min(held / 8, largestReserve) / pageBytes);
    try {
      this.memory.grow(Math.max(missing, Math.min(reserve, maximumPages - held / pageBytes)));
    } catch (cause) {
      const { now } = this.used;
      throw new ElucidateError(
        'engine.out_of_memory',
        `The simd engine needs ${requested} more bytes and cannot grow beyond the ${held} bytes it holds, ${now} of them in use ` +
          '(WebAssembly ends at 4 GiB; the machine may have less); use a smaller batch or network, or fewer slots',
        { cause, details: { requested, held, used: now } },
      );
    }
  }
}
