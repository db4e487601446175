import * as tf from '@tensorflow/tfjs-core';
import { ElucidateError } from '@elucidate/experiment/errors';
import { trainingDesign } from './build.js';
import { type Workload, workloadParams } from './throughput.js';

/** Random-looking numbers in [-1, 1), the same here and in bench/torch_unet.py: derived from a name, the fractions of 43758.5453 sin(12.9898 i + phase). */
export function numbersOf(name: string, count: number): Float32Array {
  const phase = [...name].reduce((sum, letter, i) => sum + letter.charCodeAt(0) * (i + 1), 0);
  return Float32Array.from({ length: count }, (_, i) => {
    const x = Math.sin(12.9898 * (i + 1) + phase) * 43_758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}

/** Generic weights, so that every branch of the network contributes: kernels of variance 1 / inputs, scales about 1. */
function weightOf(name: string, shape: readonly number[]): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const numbers = numbersOf(name, size);
  const factor = shape.length > 1 ? Math.sqrt(3 / (size / shape.at(-1)!)) : 0.3;
  return tf.tensor(numbers.map((x) => factor * x + (name.endsWith('.scale') ? 1 : 0)), [...shape]);
}

/** The outputs of a workload's network for such images, levels and weights, [n,h,w,1] in order: shows whether another implementation is the same function. */
export async function fixedOutputs(workload: Workload): Promise<number[]> {
  const { network } = trainingDesign(workloadParams(workload, 0), 1);
  if (network === undefined) throw new ElucidateError('request.invalid', `${workload.network} is not a network that is trained`);
  const { batch, resolution } = workload;
  const y = tf.tidy(() => {
    const weights = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, weightOf(name, shape)]));
    const x = tf.tensor4d(numbersOf('x', batch * resolution ** 2), [batch, resolution, resolution, 1]);
    return network.apply(weights, x, { level: tf.tensor1d(Array.from({ length: batch }, (_, i) => (i + 0.5) / batch)) });
  });
  const outputs = [...(await y.data())];
  y.dispose();
  return outputs;
}
