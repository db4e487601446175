import { randomStream, type RandomStream } from '@elucidate/diffusion/noise';
import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import type { Images } from '../images.js';
import type { Split } from './idx-sets.js';

export type SyntheticSpec = Extract<DatasetSpec, { name: 'gaussian' | 'mixture' }>;

/** Images per split, and the most numbers a split has in all: 256 MiB, which large images reach with fewer. */
const images = 10_000;
const numbers = 2 ** 26;

/** The second number of a stream's name. No other stream has a name of four numbers. */
const splits: Readonly<Record<Split, number>> = { train: 0, test: 1 };

interface Part {
  weight: number;
  mean: number;
  std: number;
}

const partsOf = (dataset: SyntheticSpec): readonly Part[] => (dataset.name === 'mixture' ? dataset.parts : [{ weight: 1, mean: dataset.mean, std: dataset.std }]);

/** Number of images of a split. */
export const syntheticCount = ({ resolution }: SyntheticSpec): number => Math.min(images, Math.floor(numbers / resolution ** 2));

/** One split: 10,000 images of independent pixels, fewer above 81x81. An image depends on its split and index, never on the number of images. */
export function syntheticImages(dataset: SyntheticSpec, split: Split): Images<Float32Array> {
  const size = dataset.resolution;
  const pixels = size * size;
  const count = syntheticCount(dataset);
  const draw = drawFrom(partsOf(dataset));
  const data = new Float32Array(count * pixels);
  for (let image = 0; image < count; image += 1) {
    const random = randomStream([0, splits[split], image, 0]);
    for (let i = 0; i < pixels; i += 1) data[image * pixels + i] = draw(random);
  }
  return { count, size, channels: 1, data };
}

function drawFrom(parts: readonly Part[]): (random: RandomStream) => number {
  const total = sum(parts.map(({ weight }) => weight));
  return (random) => {
    let left = parts.length > 1 ? random.uniform() * total : 0;
    const { mean, std } = parts.find(({ weight }) => (left -= weight) < 0) ?? parts.at(-1)!;
    return mean + std * random.normal();
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
