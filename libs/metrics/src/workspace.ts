import { kernelCode } from './kernel-code.js';
import { rowMajor, transposed, type Matrix } from './matrix.js';

/** Compiled from assembly/: addresses in bytes, steps in numbers. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  memoryStart(): number;
  addProduct(c: number, rowC: number, rows: number, columns: number, depth: number, sign: number, a: number, rowA: number, depthA: number, b: number, depthB: number, columnB: number): void;
  reflectRows(x: number, rowStep: number, rows: number, count: number, v: number, tau: number): void;
  reflectColumns(x: number, rowStep: number, columns: number, count: number, v: number, tau: number): void;
}

/** The part of WebAssembly's JavaScript API that is used here; TypeScript declares it only together with all browser APIs. */
interface Api {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** Operations on the matrices of one workspace, and parts of them. The bytes of the results are the same on any processor. */
export interface Operations {
  /** c += sign a b; sign is 1 unless given. */
  addProduct(c: Matrix, a: Matrix, b: Matrix, sign?: 1 | -1): void;
  /** x <- x (I - tau v'v) for a row v. */
  reflectRows(x: Matrix, v: Matrix, tau: number): void;
}

type Matrices<Shapes> = { readonly [K in keyof Shapes]: Matrix };

const numberBytes = 8;
const pageBytes = 65_536;
/** An instance with at most this much memory serves the next computation too; it takes a while to make, and never shrinks. */
const keptBytes = 16 * 2 ** 20;

let compiled: object | undefined;
let kept: Kernel | undefined;

/** The result of a computation on matrices, at first zero, of the given [rows, columns]. They are invalid after it. Throws RangeError if they take more than 4 GiB. */
export function inWorkspace<const Shapes extends readonly (readonly [rows: number, columns: number])[], Result>(
  shapes: Shapes, compute: (matrices: Matrices<Shapes>, operations: Operations) => Result,
): Result {
  const kernel = kept ?? instantiate();
  kept = undefined;
  const result = compute(zeros(kernel, shapes) as Matrices<Shapes>, operationsOf(kernel));
  if (kernel.memory.buffer.byteLength <= keptBytes) kept = kernel;
  return result;
}

function instantiate(): Kernel {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Api }).WebAssembly;
  compiled ??= new Module(Uint8Array.from(kernelCode.match(/../g)!, (byte) => Number.parseInt(byte, 16)));
  return new Instance(compiled).exports as Kernel;
}

function zeros({ memory, memoryStart }: Kernel, shapes: readonly (readonly [number, number])[]): Matrix[] {
  let end = memoryStart();
  const places = shapes.map(([rows, columns]) => {
    const place = end;
    end += rows * columns * numberBytes;
    return place;
  });
  const missing = Math.ceil(end / pageBytes) - memory.buffer.byteLength / pageBytes;
  if (missing > 0) memory.grow(missing);
  return shapes.map(([rows, columns], i) => rowMajor(new Float64Array(memory.buffer, places[i], rows * columns).fill(0), rows, columns));
}

const address = ({ numbers, at }: Matrix): number => numbers.byteOffset + at * numberBytes;

function operationsOf(kernel: Kernel): Operations {
  const addProduct: Operations['addProduct'] = (c, a, b, sign = 1) => {
    if (c.columnStep !== 1) return addProduct(transposed(c), transposed(b), transposed(a), sign);
    kernel.addProduct(address(c), c.rowStep, c.rows, c.columns, a.columns, sign, address(a), a.rowStep, a.columnStep, address(b), b.rowStep, b.columnStep);
  };
  return {
    addProduct,
    reflectRows(x, v, tau) {
      if (x.columnStep === 1) kernel.reflectRows(address(x), x.rowStep, x.rows, x.columns, address(v), tau);
      else kernel.reflectColumns(address(x), x.columnStep, x.rows, x.columns, address(v), tau);
    },
  };
}
