/** When a buffer of `size` bytes is in use: from command `first` to command `last`. */
export interface Lifetime {
  size: number;
  first: number;
  last: number;
}

export interface MemoryPlan {
  /** Bytes of each block of memory. */
  blocks: number[];
  /** The block of each lifetime; no two lifetimes of a block have a command in common. */
  blockOf: number[];
}

/** A buffer's block is at most this many times as large as the buffer. */
const slack = 2;

/** Shares blocks of memory among buffers that are not in use at the same time: each, in order of first use, gets the smallest free block that fits. */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const blocks: number[] = [];
  const blockOf = new Array<number>(lifetimes.length);
  const free: number[] = [];
  const inUse: { block: number; last: number }[] = [];
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[a]!.first - lifetimes[b]!.first || a - b);
  for (const i of order) {
    const { size, first, last } = lifetimes[i]!;
    for (let k = inUse.length - 1; k >= 0; k -= 1) {
      if (inUse[k]!.last < first) free.push(...inUse.splice(k, 1).map(({ block }) => block));
    }
    const block = smallestFit(free, blocks, size) ?? blocks.push(size) - 1;
    blockOf[i] = block;
    inUse.push({ block, last });
  }
  return { blocks, blockOf };
}

/** Takes it out of `free`. */
function smallestFit(free: number[], blocks: readonly number[], size: number): number | undefined {
  let best = -1;
  free.forEach((block, k) => {
    const fits = blocks[block]! >= size && blocks[block]! <= slack * size;
    if (fits && (best < 0 || blocks[block]! < blocks[free[best]!]!)) best = k;
  });
  return best < 0 ? undefined : free.splice(best, 1)[0];
}
