import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import { dispatch } from './dispatch.js';
import type { GpuBackend } from './gpu-backend.js';
import { ints } from './uniforms.js';
import type { Uniform } from './uniforms.js';

/** A program in WGSL. Inputs and outputs are flat arrays of f32, or of vec4<f32>, by their names. Programs of one name are the same. */
export interface Program {
  name: string;
  inputs: readonly string[];
  /** Default one, `result`. */
  outputs?: readonly string[];
  /** Those of inputs and outputs that are arrays of vec4<f32>: four numbers an element. */
  vectors?: readonly string[];
  /** `name : type,` of each, in the order of their values. In addition there is `size`, the number of elements of the first output. */
  uniforms: string;
  /** Declarations outside the body. */
  declarations?: string;
  /** Of `index`, the first output's element, or of `item` and `lane`, a thread's place in its workgroup. */
  body: string;
  /** Threads that work on one item together; absent: one thread per element of the output. */
  lanes?: number;
}

/** A family of programs, each of which is written once. */
export function family<Args extends unknown[]>(write: (...args: Args) => Program): (...args: Args) => Program {
  const written = new Map<string, Program>();
  return (...args) => {
    const key = JSON.stringify(args);
    const program = written.get(key) ?? write(...args);
    written.set(key, program);
    return program;
  };
}

export interface Run {
  inputs: readonly TensorInfo[];
  uniforms: readonly Uniform[];
  /** Of each output. */
  shapes: readonly (readonly number[])[];
  /** Tensors that become the outputs, in place of new ones; the program may read them too. */
  into?: readonly TensorInfo[];
  /** Workgroups, where a program has lanes. More than fit in one dimension are distributed over two, and then some have an `item` out of range. */
  items?: number;
}

const flatThreads = 64;

/** Runs a program; the outputs are the caller's. */
export function runProgram(backend: GpuBackend, program: Program, { inputs, uniforms, shapes, into, items = 1 }: Run): TensorInfo[] {
  const { name, outputs = ['result'], vectors = [], lanes } = program;
  const size = sizeOf(shapes[0]!) / (vectors.includes(outputs[0]!) ? 4 : 1);
  const written = into ? [...into] : shapes.map((shape) => backend.makeTensorInfo([...shape], 'float32'));
  dispatch(backend, {
    name, code: () => codeOf(program), workgroups: lanes === undefined ? Math.ceil(size / flatThreads) : items,
    tensors: [...written, ...inputs], uniforms: [ints(size), ...uniforms],
  });
  return written;
}

/** The whole of a program in WGSL. Its bindings are the outputs, the inputs and the uniforms, in this order. */
function codeOf({ inputs, outputs = ['result'], vectors = [], uniforms, declarations = '', body, lanes }: Program): string {
  const array = (name: string, access: string, binding: number) =>
    `@group(0) @binding(${binding}) var<storage, ${access}> ${name} : array<${vectors.includes(name) ? 'vec4<f32>' : 'f32'}>;`;
  const threads = lanes ?? flatThreads;
  return `struct Uniforms { size : i32, ${uniforms} }
  ${outputs.map((name, i) => array(name, 'read_write', i)).join('\n  ')}
  ${inputs.map((name, i) => array(name, 'read', outputs.length + i)).join('\n  ')}
  @group(0) @binding(${outputs.length + inputs.length}) var<uniform> uniforms : Uniforms;
  ${declarations}
  @compute @workgroup_size(${threads})
  fn main(@builtin(workgroup_id) group : vec3<u32>, @builtin(num_workgroups) groups : vec3<u32>, @builtin(local_invocation_index) thread : u32) {
    let item = i32(group.y * groups.x + group.x);
    let lane = i32(thread);
    ${lanes === undefined ? `let index = item * ${threads} + lane; if (index < uniforms.size) { ${body} }` : body}
  }`;
}
