/** Float64 reference kernels as plain loops over flat arrays: slow, and short enough to be checked by eye. */

export type Values = Float64Array;
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);
const at = (values: Values, i: number): number => values[i] ?? 0;

/** Row-major coordinates of every element, in order. */
export function* coordinates(shape: Shape): Generator<number[]> {
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    const coordinate: number[] = [];
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      const n = shape[axis] ?? 1;
      coordinate[axis] = rest % n;
      rest = Math.floor(rest / n);
    }
    yield coordinate;
  }
}

/** Row-major index of a set of coordinates; axes of length 1 are broadcast, missing leading axes ignored. */
export function indexIn(shape: Shape, coordinate: readonly number[]): number {
  const skipped = coordinate.length - shape.length;
  return shape.reduce((index, n, axis) => index * n + (n === 1 ? 0 : (coordinate[axis + skipped] ?? 0)), 0);
}

/** f over two arrays that broadcast to `out`. */
export function broadcast(out: Shape, [aShape, bShape]: [Shape, Shape], f: (a: number, b: number) => number) {
  return (a: Values, b: Values): Values =>
    Float64Array.from(coordinates(out), (coordinate) => f(at(a, indexIn(aShape, coordinate)), at(b, indexIn(bShape, coordinate))));
}

/** Sum over some axes. */
export function sumOver(shape: Shape, axes: readonly number[]) {
  const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  return (x: Values): Values => {
    const out = new Float64Array(sizeOf(kept));
    let i = 0;
    for (const coordinate of coordinates(shape)) {
      const to = indexIn(kept, coordinate);
      out[to] = at(out, to) + at(x, i++);
    }
    return out;
  };
}

/** x read at the coordinates that `from` gives for each of the output's; undefined reads 0. */
export function gather(out: Shape, shape: Shape, from: (coordinate: number[]) => number[] | undefined) {
  return (x: Values): Values =>
    Float64Array.from(coordinates(out), (coordinate) => {
      const source = from(coordinate);
      return source ? at(x, indexIn(shape, source)) : 0;
    });
}

export interface Convolution {
  /** [n, h, w, in] */
  x: [number, number, number, number];
  /** [fh, fw, in, out] */
  filter: [number, number, number, number];
  stride: number;
  pad: Padding;
}

/** TensorFlow's rules, or the given number of zeros on every side. */
export type Padding = 'same' | 'valid' | number;

/** Output size and the zeros in front, TensorFlow's rule for SAME. */
function outputPositions(size: number, reach: number, stride: number, pad: Padding): [count: number, before: number] {
  if (typeof pad === 'number') return [Math.floor((size + 2 * pad - reach) / stride) + 1, pad];
  if (pad === 'valid') return [Math.floor((size - reach) / stride) + 1, 0];
  const count = Math.ceil(size / stride);
  return [count, Math.floor(Math.max(0, (count - 1) * stride + reach - size) / 2)];
}

export function convolutionShape({ x, filter, stride, pad }: Convolution): [number, number, number, number] {
  return [x[0], outputPositions(x[1], filter[0], stride, pad)[0], outputPositions(x[2], filter[1], stride, pad)[0], filter[3]];
}

/** Calls visit(x index, filter index, y index) for every product that a convolution sums: forward and both gradients are one line each. */
function visitProducts(conv: Convolution, visit: (x: number, w: number, y: number) => void): void {
  const { x, filter, stride, pad } = conv;
  const [, height, width, inputs] = x;
  const y = convolutionShape(conv);
  const top = outputPositions(height, filter[0], stride, pad)[1];
  const left = outputPositions(width, filter[1], stride, pad)[1];
  for (const [b = 0, row = 0, column = 0, out = 0] of coordinates(y)) {
    const to = ((b * y[1] + row) * y[2] + column) * y[3] + out;
    for (let fr = 0; fr < filter[0]; fr++) {
      const r = row * stride + fr - top;
      if (r < 0 || r >= height) continue;
      for (let fc = 0; fc < filter[1]; fc++) {
        const c = column * stride + fc - left;
        if (c < 0 || c >= width) continue;
        for (let i = 0; i < inputs; i++) {
          visit(((b * height + r) * width + c) * inputs + i, ((fr * filter[1] + fc) * inputs + i) * filter[3] + out, to);
        }
      }
    }
  }
}

export function convolve(conv: Convolution) {
  return (x: Values, filter: Values): Values => {
    const y = new Float64Array(sizeOf(convolutionShape(conv)));
    visitProducts(conv, (i, w, o) => (y[o] = at(y, o) + at(x, i) * at(filter, w)));
    return y;
  };
}

export function convolveBackward(conv: Convolution) {
  return ([x, filter]: readonly Values[], dy: Values): Values[] => {
    const dx = new Float64Array(sizeOf(conv.x));
    const dw = new Float64Array(sizeOf(conv.filter));
    if (!x || !filter) throw new Error('a convolution has two inputs');
    visitProducts(conv, (i, w, o) => {
      dx[i] = at(dx, i) + at(dy, o) * at(filter, w);
      dw[w] = at(dw, w) + at(dy, o) * at(x, i);
    });
    return [dx, dw];
  };
}

export interface Product {
  batch: number;
  rows: number;
  inner: number;
  columns: number;
  transposeA: boolean;
  transposeB: boolean;
}

export function multiplyMatrices({ batch, rows, inner, columns, transposeA, transposeB }: Product) {
  return (a: Values, b: Values): Values =>
    Float64Array.from(coordinates([batch, rows, columns]), ([n = 0, r = 0, c = 0]) => {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const left = n * rows * inner + (transposeA ? k * rows + r : r * inner + k);
        const right = n * inner * columns + (transposeB ? c * inner + k : k * columns + c);
        sum += at(a, left) * at(b, right);
      }
      return sum;
    });
}

/** Group normalisation over [h, w, c / groups] of each image, scaled and shifted per channel, then x sigmoid(x) if requested. */
export function groupNorm(shape: [number, number, number, number], { groups, eps, silu }: { groups: number; eps: number; silu: boolean }) {
  const [n, h, w, c] = shape;
  const groupOf = ([b = 0, , , channel = 0]: number[]) => b * groups + Math.floor((channel * groups) / c);
  const count = (h * w * c) / groups;
  return (x: Values, scale: Values, bias: Values): Values => {
    const mean = new Float64Array(n * groups);
    const variance = new Float64Array(n * groups);
    let i = 0;
    for (const coordinate of coordinates(shape)) mean[groupOf(coordinate)] = at(mean, groupOf(coordinate)) + at(x, i++) / count;
    i = 0;
    for (const coordinate of coordinates(shape)) {
      variance[groupOf(coordinate)] = at(variance, groupOf(coordinate)) + (at(x, i++) - at(mean, groupOf(coordinate))) ** 2 / count;
    }
    i = 0;
    return Float64Array.from(coordinates(shape), (coordinate) => {
      const normal = (at(x, i++) - at(mean, groupOf(coordinate))) / Math.sqrt(at(variance, groupOf(coordinate)) + eps);
      const y = normal * at(scale, coordinate[3] ?? 0) + at(bias, coordinate[3] ?? 0);
      return silu ? y / (1 + Math.exp(-y)) : y;
    });
  };
}
