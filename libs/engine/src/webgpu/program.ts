import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../simd/kernel.js';

/** A number that a program is told when it runs. */
export interface Uniform {
  type: 'int32' | 'float32';
  data: number[];
}

/** What tfjs-backend-webgpu asks of a program: `WebGPUProgram` of its webgpu_program.ts. */
interface GpuProgram {
  shaderKey: string;
  variableNames: string[];
  /** Numbers that an input's element holds, 1 or 4; the same of the output. */
  variableComponents: number[];
  outputComponent: number;
  outputShape: number[];
  workgroupSize: [number, number, number];
  dispatchLayout: { x: number[] };
  dispatch: [number, number, number];
  /** `name : type,` of each uniform, in the order of their values. */
  uniforms: string;
  /** Has `uniforms.size`, the number of the output's elements. */
  size: true;
  getUserCode(): string;
}

/** The part of tfjs's WebGPU backend that kernels use. */
export interface GpuBackend {
  runWebGPUProgram(program: GpuProgram, inputs: readonly TensorInfo[], dtype: 'float32', uniforms: readonly Uniform[]): TensorInfo;
  disposeData(dataId: object): boolean;
}

/** A program in WGSL. Inputs are flat arrays of f32, or of vec4<f32>, by their names; `result` is the output. Programs of one name are the same. */
export interface Program {
  name: string;
  inputs: readonly string[];
  /** Those of the inputs, and `result`, that are arrays of vec4<f32>: four numbers an element. */
  vectors?: readonly string[];
  uniforms: string;
  /** Declarations beside the body. */
  declarations?: string;
  /** Of `index`, the output's number, or of `item` and `lane`, a thread's place in its workgroup. */
  body: string;
  /** Threads that work on one item together; absent: every output number is one thread's. */
  lanes?: number;
}

export interface Run {
  inputs: readonly TensorInfo[];
  uniforms: readonly Uniform[];
  shape: readonly number[];
  /** Workgroups, where a program has lanes. More than a dimension holds are spread over three, and then some have an `item` beyond. */
  items?: number;
}

const flatThreads = 64;
const flat = (tensor: TensorInfo): TensorInfo => ({ ...tensor, shape: [sizeOf(tensor.shape)] });

/** Runs a program; the output is the caller's. */
export function runProgram(backend: GpuBackend, { name, inputs, vectors = [], uniforms, declarations = '', body, lanes }: Program, run: Run): TensorInfo {
  const size = sizeOf(run.shape);
  const numbersOf = (array: string) => (vectors.includes(array) ? 4 : 1);
  const threads = lanes ?? flatThreads;
  const main = lanes === undefined
    ? `if (index < uniforms.size) { ${body} }`
    : `let item = index / ${lanes}; let lane = i32(localId.x); ${body}`;
  const program: GpuProgram = {
    shaderKey: `elucidate_${name}`, variableNames: [...inputs], variableComponents: inputs.map(numbersOf), outputComponent: numbersOf('result'), outputShape: [size], workgroupSize: [threads, 1, 1], dispatchLayout: { x: [0] },
    dispatch: [lanes === undefined ? Math.ceil(size / flatThreads) : (run.items ?? 1), 1, 1], uniforms, size: true,
    getUserCode: () => `${declarations}\nfn main(index : i32) { ${main} }`,
  };
  return { ...backend.runWebGPUProgram(program, run.inputs.map(flat), 'float32', run.uniforms), shape: [...run.shape] };
}
