import * as tf from '@tensorflow/tfjs-core';

/** A small U-Net-like network: what the tests of backends train. [n, h, w, 1] -> the same shape, h and w even. */
export interface BenchNet {
  /** Filters [fh, fw, in, out], scales and biases [c]. The caller disposes them. */
  params: Record<string, tf.Variable>;
  forward(x: tf.Tensor4D): tf.Tensor4D;
}

const channels = [16, 32] as const;
const groups = 4;
const eps = 1e-5;

/** name -> [reach, in, out] of each convolution. */
const filters: Readonly<Record<string, [number, number, number]>> = {
  input: [3, 1, channels[0]],
  top1: [3, channels[0], channels[0]],
  top2: [3, channels[0], channels[0]],
  down: [3, channels[0], channels[1]],
  low1: [3, channels[1], channels[1]],
  low2: [3, channels[1], channels[1]],
  up: [3, channels[1], channels[1]],
  joined1: [3, channels[0] + channels[1], channels[0]],
  joined2: [3, channels[0], channels[0]],
  shortcut: [1, channels[0] + channels[1], channels[0]],
  output: [3, channels[0], 1],
};

/** Channels of the tensors that are normalised, by the convolution that reads them. */
const normalised = { top1: 16, top2: 16, low1: 32, low2: 32, joined1: 48, joined2: 16, output: 16 } as const;

/** The network with weights drawn from a seed. */
export function benchNet(seed: number): BenchNet {
  const params: Record<string, tf.Variable> = {};
  Object.entries(filters).forEach(([name, [reach, from, to]], i) => {
    const initial = tf.randomNormal([reach, reach, from, to], 0, 1 / Math.sqrt(reach * reach * from), 'float32', seed * 100 + i);
    params[name] = tf.variable(initial);
    initial.dispose();
  });
  for (const [name, count] of Object.entries(normalised)) {
    params[`${name}.scale`] = constant(1, count);
    params[`${name}.bias`] = constant(0, count);
  }
  return { params, forward: (x) => tf.tidy(() => forward(params, x)) };
}

function constant(value: number, count: number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.fill([count], value)));
}

function forward(params: Record<string, tf.Variable>, image: tf.Tensor4D): tf.Tensor4D {
  const param = (name: string) => params[name] as tf.Tensor;
  const conv = (name: string, x: tf.Tensor4D, stride = 1) => tf.conv2d(x, param(name) as tf.Tensor4D, stride, 'same');
  const normConv = (name: string, x: tf.Tensor4D) =>
    conv(name, groupNormSilu(x, param(`${name}.scale`) as tf.Tensor1D, param(`${name}.bias`) as tf.Tensor1D));
  const block = (name: string, x: tf.Tensor4D, shortcut: tf.Tensor4D) => tf.add<tf.Tensor4D>(shortcut, normConv(`${name}2`, normConv(`${name}1`, x)));

  const first = conv('input', image);
  const top = block('top', first, first);
  const down = conv('down', top, 2);
  const low = block('low', down, down);
  const joined = tf.concat([conv('up', upsample(low)), top], 3);
  return normConv('output', block('joined', joined, conv('shortcut', joined)));
}

/** One kernel if the backend has it, otherwise composed of plain ops. */
export function groupNormSilu(x: tf.Tensor4D, scale: tf.Tensor1D, bias: tf.Tensor1D): tf.Tensor4D {
  if (tf.getKernel('GroupNormSilu', tf.getBackend())) {
    const [y] = tf.engine().runKernel<tf.Tensor[]>('GroupNormSilu', { x, scale, bias }, { groups, eps, silu: true });
    return y as tf.Tensor4D;
  }
  const [n, h, w, c] = x.shape;
  const grouped = tf.reshape(x, [n, h * w, groups, c / groups]);
  const centred = tf.sub(grouped, tf.mean(grouped, [1, 3], true));
  const normal = tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), [1, 3], true), eps)));
  const y = tf.add(tf.mul(tf.reshape(normal, [n, h, w, c]), scale), bias) as tf.Tensor4D;
  return tf.mul(y, tf.sigmoid(y));
}

function upsample(x: tf.Tensor4D): tf.Tensor4D {
  if (tf.getKernel('Upsample2x', tf.getBackend())) return tf.engine().runKernel<tf.Tensor4D>('Upsample2x', { x });
  const [n, h, w, c] = x.shape;
  const wide = tf.reshape(tf.concat([x, x], 3), [n, h, 2 * w * c]);
  return tf.reshape(tf.concat([wide, wide], 2), [n, 2 * h, 2 * w, c]);
}

/** Mean squared error of the network's output; a scalar that the caller disposes. */
export function benchLoss(net: BenchNet, x: tf.Tensor4D, wanted: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.squaredDifference(net.forward(x), wanted)));
}

/** One Adam step on one batch. */
export function benchStep(net: BenchNet, optimizer: tf.Optimizer, [x, wanted]: [tf.Tensor4D, tf.Tensor4D]): void {
  optimizer.minimize(() => benchLoss(net, x, wanted));
}
