/** Group norm and SiLU written as loops in float64: an independent implementation, also the body of the test kernels. */

export interface GroupNormCase {
  /** [n,h,w,c]. */
  shape: readonly [number, number, number, number];
  groups: number;
  eps: number;
  silu: boolean;
}

export interface GroupNormArrays {
  x: ArrayLike<number>;
  scale: ArrayLike<number>;
  bias: ArrayLike<number>;
}

interface Place {
  image: number;
  group: number;
  channel: number;
}

function place(index: number, { shape: [, h, w, c], groups }: GroupNormCase): Place {
  const channel = index % c;
  return { image: Math.floor(index / (h * w * c)), group: Math.floor(channel / (c / groups)), channel };
}

/** Mean of a per-element value over each group of each image, [n * groups]. */
function groupMeans(values: ArrayLike<number>, shape: GroupNormCase): Float64Array {
  const [n, h, w, c] = shape.shape;
  const means = new Float64Array(n * shape.groups);
  for (let i = 0; i < values.length; i++) {
    const { image, group } = place(i, shape);
    means[image * shape.groups + group]! += values[i]! / ((h * w * c) / shape.groups);
  }
  return means;
}

export interface Forward {
  y: Float32Array;
  /** (mean, 1/std) per group, [n,groups,2]. */
  stats: Float32Array;
}

export function groupNormForward({ x, scale, bias }: GroupNormArrays, shape: GroupNormCase): Forward {
  const means = groupMeans(x, shape);
  const at = (i: number) => {
    const { image, group, channel } = place(i, shape);
    return { slot: image * shape.groups + group, channel };
  };
  const variances = groupMeans(Float64Array.from({ length: x.length }, (_, i) => (x[i]! - means[at(i).slot]!) ** 2), shape);
  const stats = Float32Array.from({ length: 2 * means.length }, (_, k) => (k % 2 === 0 ? means[k >> 1]! : 1 / Math.sqrt(variances[k >> 1]! + shape.eps)));
  const y = Float32Array.from({ length: x.length }, (_, i) => {
    const { slot, channel } = at(i);
    const z = ((x[i]! - means[slot]!) / Math.sqrt(variances[slot]! + shape.eps)) * scale[channel]! + bias[channel]!;
    return shape.silu ? z / (1 + Math.exp(-z)) : z;
  });
  return { y, stats };
}

export interface Backward {
  dx: Float32Array;
  dscale: Float32Array;
  dbias: Float32Array;
}

export function groupNormBackward({ x, scale, bias, dy, stats }: GroupNormArrays & { dy: ArrayLike<number>; stats: ArrayLike<number> }, shape: GroupNormCase): Backward {
  const c = shape.shape[3];
  const [dscale, dbias] = [new Float32Array(c), new Float32Array(c)];
  const slots = Array.from({ length: x.length }, (_, i) => place(i, shape).image * shape.groups + place(i, shape).group);
  const normal = Float64Array.from({ length: x.length }, (_, i) => (x[i]! - stats[2 * slots[i]!]!) * stats[2 * slots[i]! + 1]!);
  const dNormal = Float64Array.from({ length: x.length }, (_, i) => {
    const channel = i % c;
    const z = normal[i]! * scale[channel]! + bias[channel]!;
    const gate = 1 / (1 + Math.exp(-z));
    const dz = dy[i]! * (shape.silu ? gate * (1 + z * (1 - gate)) : 1);
    dscale[channel]! += dz * normal[i]!;
    dbias[channel]! += dz;
    return dz * scale[channel]!;
  });
  const mean = groupMeans(dNormal, shape);
  const projection = groupMeans(dNormal.map((value, i) => value * normal[i]!), shape);
  const dx = Float32Array.from({ length: x.length }, (_, i) => stats[2 * slots[i]! + 1]! * (dNormal[i]! - mean[slots[i]!]! - normal[i]! * projection[slots[i]!]!));
  return { dx, dscale, dbias };
}
