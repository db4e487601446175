/// <reference path="./webassembly.d.ts" />
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Addresses are bytes into the shared memory; what each function computes is said in assembly/. */
export interface Kernels {
  packFilter(filter: number, records: number, taps: number, inputs: number, outputs: number, panels: number): void;
  packFilterExchanged(filter: number, records: number, taps: number, inputs: number, outputs: number, panels: number): void;
  convolve(plan: number): void;
  filterGradient(plan: number): void;
  multiply(
    a: number, b: number, y: number, batch: number, rows: number, depth: number, columns: number,
    apartA: number, apartB: number, rowA: number, depthA: number, depthB: number, columnB: number, scratch: number,
  ): void;
  binary(op: number, a: number, b: number, y: number, shape: number): void;
  unary(op: number, x: number, y: number, count: number): void;
  sumRows(x: number, y: number, count: number, length: number, scale: number): void;
  sumColumns(x: number, y: number, count: number, rows: number, columns: number, scale: number): void;
  copyRows(from: number, to: number, rows: number, bytes: number, apartFrom: number, apartTo: number): void;
  transpose(x: number, y: number, batch: number, rows: number, columns: number): void;
  upsample2x(x: number, y: number, rows: number, width: number, channels: number): void;
  upsample2xGradient(dy: number, dx: number, rows: number, width: number, channels: number): void;
  groupNormSilu(
    x: number, scale: number, bias: number, y: number, stats: number,
    images: number, pixels: number, channels: number, groups: number, eps: number, silu: number, scratch: number,
  ): void;
  groupNormSiluGradient(
    dy: number, x: number, scale: number, bias: number, stats: number, dx: number, dscale: number, dbias: number,
    images: number, pixels: number, channels: number, groups: number, silu: number, scratch: number,
  ): void;
}

/** The committed build of assembly/. */
export const kernelsFile = fileURLToPath(new URL('../../kernels/simd.wasm', import.meta.url));

export interface KernelBuild {
  module: WebAssembly.Module;
  /** First 8 hex digits of the file's sha256: which build computed a result. */
  hash: string;
}

/** Compiles the kernels. Throws where the file is missing or WebAssembly SIMD is not supported. */
export function compileKernels(): KernelBuild {
  const bytes = readFileSync(kernelsFile);
  return { module: new WebAssembly.Module(bytes), hash: createHash('sha256').update(bytes).digest('hex').slice(0, 8) };
}

export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
