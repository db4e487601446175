import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import type { SimdKernel } from './kernel.js';
import type { SimdBackend } from './simd-backend.js';

/** Bytes from one index of the leading axes to the next, with `axis` and all later axes as one row. */
const rowBytes = (shape: readonly number[], axis: number) => sizeOf(shape.slice(axis)) * 4;

/** Nanoseconds per moved byte, and per byte moved between distant addresses. */
const byteTime = 0.1;
const strideTime = 0.4;

interface Rows {
  from: number;
  to: number;
  count: number;
  bytes: number;
  strideFrom: number;
  strideTo: number;
}

/** Copies rows of `bytes` whose starts are `strideFrom` and `strideTo` bytes apart. */
function copyRows(backend: SimdBackend, { from, to, count, bytes, strideFrom, strideTo }: Rows): void {
  backend.run('copyRows', [from, to, bytes, strideFrom, strideTo], { items: count, cost: count * bytes * byteTime });
}

export const concat: SimdKernel = ({ inputs, attrs, backend }) => {
  const parts = Object.values(inputs).filter((part) => sizeOf(part.shape) > 0);
  const [first] = parts;
  if (!first) return undefined;
  const axis = tf.util.parseAxisParam(attrs['axis'] as number, first.shape)[0] ?? 0;
  const shape = tf.backend_util.computeOutShape(parts.map((part) => part.shape), axis);
  const y = backend.output(shape);
  const rows = sizeOf(shape.slice(0, axis));
  let to = y.address;
  for (const part of parts) {
    const bytes = rowBytes(part.shape, axis);
    copyRows(backend, { from: backend.address(part), to, count: rows, bytes, strideFrom: bytes, strideTo: rowBytes(shape, axis) });
    to += bytes;
  }
  return y;
};

export const splitV: SimdKernel = ({ inputs, attrs, backend }) => {
  const x = input(inputs, 'x');
  const axis = tf.util.parseAxisParam(attrs['axis'] as number, x.shape)[0] ?? 0;
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, attrs['numOrSizeSplits'] as number | number[], axis);
  const stride = rowBytes(x.shape, axis);
  let from = backend.address(x);
  return sizes.map((size): TensorInfo => {
    const y = backend.output(x.shape.with(axis, size));
    const bytes = rowBytes(y.shape, axis);
    copyRows(backend, { from, to: y.address, count: sizeOf(x.shape.slice(0, axis)), bytes, strideFrom: stride, strideTo: bytes });
    from += bytes;
    return y;
  });
};

/** Slices that cut one axis. */
export const slice: SimdKernel = ({ inputs, attrs, backend }) => {
  const x = input(inputs, 'x');
  const [begin, size] = tf.slice_util.parseSliceParams(x as tf.Tensor, attrs['begin'] as number[], attrs['size'] as number[]) as [number[], number[]];
  const cut = x.shape.flatMap((n, axis) => (size[axis] === n ? [] : [axis]));
  if (cut.length > 1) return undefined;
  const axis = cut[0] ?? 0;
  const y = backend.output(size);
  const bytes = rowBytes(size, axis);
  const from = backend.address(x) + (begin[axis] ?? 0) * sizeOf(x.shape.slice(axis + 1)) * 4;
  copyRows(backend, { from, to: y.address, count: sizeOf(size.slice(0, axis)), bytes, strideFrom: rowBytes(x.shape, axis), strideTo: bytes });
  return y;
};

/** Transpositions that swap two adjacent blocks of axes at the end: [..., a, b] -> [..., b, a]. */
export const transpose: SimdKernel = ({ inputs, attrs, backend }) => {
  const x = input(inputs, 'x');
  const perm = attrs['perm'] as number[];
  const still = perm.findIndex((axis, i) => axis !== i);
  if (still < 0) return undefined;
  const moved = perm.slice(still);
  const turn = moved[0] ?? 0;
  const rotated = [...Array.from({ length: perm.length - turn }, (_, i) => turn + i), ...Array.from({ length: turn - still }, (_, i) => still + i)];
  if (String(moved) !== String(rotated)) return undefined;
  const y = backend.output(perm.map((axis) => x.shape[axis] ?? 1));
  const [batch = 1, rows = 1, columns = 1] = [x.shape.slice(0, still), x.shape.slice(still, turn), x.shape.slice(turn)].map(sizeOf);
  backend.run('transpose', [backend.address(x), y.address, rows, columns], { items: batch * columns, cost: sizeOf(x.shape) * 4 * strideTime });
  return y;
};

/** The same numbers under another shape, or the same; nothing is copied. */
export const reshape: SimdKernel = ({ inputs, attrs, backend }) => {
  const x = input(inputs, 'x');
  const wanted = attrs['shape'] as number[] | undefined;
  backend.incRef(x.dataId);
  return { dataId: x.dataId, dtype: x.dtype, shape: wanted ? tf.util.inferFromImplicitShape(wanted, sizeOf(x.shape)) : x.shape };
};

/** Integers and booleans as float32. (The cpu backend passes on the same JavaScript array, which is not in our memory.) */
export const castToFloat: SimdKernel = (call) => {
  const { inputs, attrs, backend } = call;
  const x = input(inputs, 'x');
  if (attrs['dtype'] === 'float32' && x.dtype === 'float32') return reshape(call);
  if (attrs['dtype'] !== 'float32' || !['int32', 'bool'].includes(x.dtype)) return undefined;
  return backend.makeTensorInfo(x.shape, 'float32', Float32Array.from(backend.readSync(x.dataId) as Int32Array));
};

/** Nearest upsampling by two, [n,h,w,c] -> [n,2h,2w,c]. */
export const upsample2x: SimdKernel = ({ inputs, backend }) => {
  const x = input(inputs, 'x');
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  const y = backend.output([n, 2 * h, 2 * w, c]);
  backend.run('upsample2x', [backend.address(x), y.address, w, c], { items: n * h, cost: sizeOf(y.shape) * 4 * byteTime });
  return y;
};

/** dy [n,2h,2w,c] summed over 2 x 2 -> [n,h,w,c]. */
export const upsample2xGrad: SimdKernel = ({ inputs, backend }) => {
  const dy = input(inputs, 'dy');
  const [n = 1, h = 2, w = 2, c = 1] = dy.shape;
  const dx = backend.output([n, h / 2, w / 2, c]);
  backend.run('upsample2xGradient', [backend.address(dy), dx.address, w / 2, c], { items: (n * h) / 2, cost: sizeOf(dy.shape) * 4 * byteTime });
  return dx;
};
