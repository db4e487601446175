/** Counts of the calls that reach WebGPU. */
export interface GpuCalls {
  /** Dispatches of compute programs. */
  programs: number;
  bindGroups: number;
  /** `writeBuffer`. */
  writes: number;
  submits: number;
  /** From buffer to buffer. */
  copies: number;
  buffersCreated: number;
  bytesRead: number;
}

type Method = (...args: unknown[]) => unknown;
type Classes = Record<string, { prototype: Record<string, Method> } | undefined>;

/** WebGPU's class and method, and how much a call adds to a count; default 1. */
const counted: readonly { of: keyof GpuCalls; type: string; method: string; amount?(self: unknown, args: readonly unknown[]): number }[] = [
  { of: 'programs', type: 'GPUComputePassEncoder', method: 'dispatchWorkgroups' },
  { of: 'bindGroups', type: 'GPUDevice', method: 'createBindGroup' },
  { of: 'writes', type: 'GPUQueue', method: 'writeBuffer' },
  { of: 'submits', type: 'GPUQueue', method: 'submit' },
  { of: 'copies', type: 'GPUCommandEncoder', method: 'copyBufferToBuffer' },
  { of: 'buffersCreated', type: 'GPUDevice', method: 'createBuffer' },
  { of: 'bytesRead', type: 'GPUBuffer', method: 'mapAsync', amount: (self, [mode]) => (mode === 1 ? (self as { size: number }).size : 0) },
];

/** Counts what the work calls. Wraps the methods of WebGPU's classes, which must be among the globals, for as long as the work runs. */
export async function gpuCallsOf(work: () => Promise<unknown>): Promise<GpuCalls> {
  const calls: GpuCalls = { programs: 0, bindGroups: 0, writes: 0, submits: 0, copies: 0, buffersCreated: 0, bytesRead: 0 };
  const restore = counted.map(({ of, type, method, amount = () => 1 }) => {
    const { prototype } = (globalThis as unknown as Classes)[type]!;
    const real = prototype[method]!;
    prototype[method] = function count(this: unknown, ...args: unknown[]) {
      calls[of] += amount(this, args);
      return real.apply(this, args);
    };
    return () => { prototype[method] = real; };
  });
  try {
    await work();
    return calls;
  } finally {
    for (const undo of restore) undo();
  }
}
