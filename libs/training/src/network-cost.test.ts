import * as tf from '@tensorflow/tfjs-core';
import { unet } from '@elucidate/diffusion/unet';
import { startEngine } from '@elucidate/engine/start';
import { networks, unetSchema } from '@elucidate/experiment/design';
import { partWeights, unetParts } from '@elucidate/experiment/unet-parts';
import { forwardFlops } from '@elucidate/experiment/work';

/** Operations of the convolutions and matrix products that a function ran, 2 per multiply-add, from their shapes. */
async function operationsOf(run: () => tf.Tensor): Promise<number> {
  const { kernels } = await tf.profile(run);
  return kernels.reduce((sum, { name, inputShapes: [a = [], b = []], outputShapes: [y = []] }) => {
    if (name === 'Conv2D') return sum + 2 * tf.util.sizeFromShape(y) * tf.util.sizeFromShape(b.slice(0, 3));
    // a product with a column of ones only broadcasts a row
    if (name !== 'BatchMatMul' || b.at(-2) === 1) return sum;
    return sum + 2 * Math.sqrt(tf.util.sizeFromShape(a) * tf.util.sizeFromShape(b) * tf.util.sizeFromShape(y) / (a.length === 3 ? a[0]! : 1));
  }, 0);
}

const shapes = {
  tiny: networks.tiny,
  small: networks.small,
  large: networks.large,
  lesson: networks.lesson,
  'a small ddpm++': unetSchema.parse({ architecture: 'ddpm++', channels: [8, 16, 16], baseChannels: 8, blocks: 2, attention: [1], groups: 4 }),
  'a small ddpm++ with scale and shift': unetSchema.parse({ architecture: 'ddpm++', channels: [16, 16], baseChannels: 8, blocks: 1, attention: [0], headChannels: 4, groups: 4, scaleShift: true }),
  'a ddpm without attention': unetSchema.parse({ architecture: 'ddpm', channels: [8, 16], baseChannels: 16, blocks: 3, groups: 4 }),
};

beforeAll(async () => { await startEngine({ backend: 'simd' }); });

test.each(Object.entries(shapes))('%s has the FLOPs and parameters that the plan counts', async (_, shape) => {
  const network = unet({ ...shape, inChannels: 3 });
  const weights = Object.fromEntries(network.parameters.map(({ name, shape: sides }) => [name, tf.zeros([...sides])]));
  const [x, c] = [tf.zeros<tf.Rank.R4>([1, 16, 16, 3]), tf.tensor1d([0.5])];
  const counted = await operationsOf(() => network.apply(weights, x, { level: c }));
  expect(forwardFlops(shape, 16, 3)).toBeCloseTo(counted, -1);
  const kernels = network.parameters.filter(({ shape: sides }) => sides.length > 1).reduce((sum, { shape: sides }) => sum + tf.util.sizeFromShape([...sides]), 0);
  expect(unetParts(shape, 16, 3).reduce((sum, part) => sum + partWeights(part), 0)).toBe(kernels);
  tf.dispose([weights, x, c]);
});
