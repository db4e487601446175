/// <reference path="./webassembly.d.ts" />
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Addresses are bytes into the shared memory; what each function computes is documented in assembly/. */
export interface Kernels {
  packFilter(filter: number, records: number, taps: number, inputs: number, outputs: number, panels: number): void;
  packFilterExchanged(filter: number, records: number, taps: number, inputs: number, outputs: number, panels: number): void;
  groupNormSiluParts(parts: number, dscale: number, dbias: number, images: number, channels: number): void;
  sumRows(x: number, y: number, count: number, length: number, scale: number): void;
  sumColumns(x: number, y: number, count: number, rows: number, columns: number, scale: number): void;
  sumOfSquares(x: number, count: number, sum: number): number;
  convolve: Split;
  filterGradient: Split;
  multiply: Split;
  winograd: Split;
  winogradFilter: Split;
  winogradGradient: Split;
  winogradFilterGradient: Split;
  adamStep: Split;
  binary: Split;
  unary: Split;
  copyRows: Split;
  transpose: Split;
  upsample2x: Split;
  upsample2xGradient: Split;
  groupNormSilu: Split;
  groupNormSiluGradient: Split;
  softmax: Split;
  clip: Split;
  resizeBilinear: Split;
}

/** A kernel that computes a range of its items: its own arguments, then from, to and the thread whose scratch it uses. */
type Split = (...numbers: number[]) => void;

/** The kernels that can be split among threads. Every item has its own output, so the bytes do not depend on the split. */
export const splitKernels = [
  'convolve', 'filterGradient', 'multiply', 'binary', 'unary', 'copyRows', 'transpose', 'upsample2x', 'upsample2xGradient', 'groupNormSilu', 'groupNormSiluGradient',
  'softmax', 'clip', 'resizeBilinear', 'winograd', 'winogradFilter', 'winogradGradient', 'winogradFilterGradient', 'adamStep',
] as const satisfies readonly (keyof Kernels)[];
export type SplitKernel = (typeof splitKernels)[number];

/** One set of sources, compiled twice: `simd-relaxed` may use fused multiply-add. */
export type KernelBuild = 'simd' | 'simd-relaxed';

/** Path of a committed build of assembly/. */
export const kernelsFile = (build: KernelBuild): string => fileURLToPath(new URL(`../../kernels/${build}.wasm`, import.meta.url));

export interface CompiledKernels {
  module: WebAssembly.Module;
  /** First 8 hex digits of the file's sha256: which build computed a result. */
  hash: string;
}

/** Compiles the kernels. Throws if the file is missing or WebAssembly lacks a feature they need. */
export function compileKernels(build: KernelBuild): CompiledKernels {
  const bytes = readFileSync(kernelsFile(build));
  return { module: new WebAssembly.Module(bytes), hash: createHash('sha256').update(bytes).digest('hex').slice(0, 8) };
}

export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
