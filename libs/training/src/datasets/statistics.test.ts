import { datasetSchema } from '@elucidate/experiment/dataset-grammar';
import { knownStatistics, measuredStatistics, type PixelStatistics } from '@elucidate/experiment/pixel-statistics';
import { testDataset } from '../dataset.fixture.js';
import type { ByteImages } from '../images.js';
import { type IdxSetName, readIdxSet } from './idx-sets.js';
import { byteStatistics } from './pixel-statistics.js';
import { double, type Resolution } from './resolutions.js';
import { scaledStatistics } from './statistics.js';
import { syntheticImages, type SyntheticSpec } from './synthetic.js';

const names: readonly IdxSetName[] = ['fashion-mnist', 'mnist'];

/** The images of a set, every `step`th. */
async function trainImages(name: IdxSetName, resolution: Resolution, step = 1): Promise<ByteImages> {
  const images = await readIdxSet(await testDataset(name), { name, split: 'train', resolution });
  if (step === 1) return images;
  const pixels = resolution ** 2;
  const count = images.count / step;
  return { ...images, count, data: images.data.filter((_, i) => Math.floor(i / pixels) % step === 0) };
}

function measured({ data }: ByteImages): PixelStatistics {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < data.length; i += 1) { sum += data[i]!; squares += data[i]! ** 2; }
  const mean = sum / data.length;
  return { mean: mean / 127.5 - 1, std: Math.sqrt(squares / data.length - mean ** 2) / 127.5 };
}

describe.each(names.flatMap((name) => ([16, 32] as const).map((resolution): [IdxSetName, Resolution] => [name, resolution])))('%s at %i', (name, resolution) => {
  it('has the mean and standard deviation stated in the code', async () => {
    const [found, stated] = [measured(await trainImages(name, resolution)), measuredStatistics[name][resolution]];
    expect(found.mean).toBeCloseTo(stated.mean, 4);
    expect(found.std).toBeCloseTo(stated.std, 4);
  });
});

describe.each(names)('%s at 64', (name) => {
  // what enlarging changes is the same for every tenth image, the images themselves are not
  it('differs from 32 by as much as is stated in the code', async () => {
    const some = await trainImages(name, 32, 10);
    const [at32, at64, stated] = [measured(some), measured(double(some)), measuredStatistics[name]];
    expect(at64.mean - at32.mean).toBeCloseTo(stated[64].mean - stated[32].mean, 3);
    expect(at64.std - at32.std).toBeCloseTo(stated[64].std - stated[32].std, 3);
  });
});

const synthetic = [
  { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 },
  { name: 'mixture', resolution: 8, parts: [{ weight: 3, mean: -1, std: 0.2 }, { weight: 7, mean: 0.8, std: 0.35 }] },
] as const;

describe.each(synthetic.map((dataset) => [dataset.name, datasetSchema.parse(dataset) as SyntheticSpec] as const))('%s images', (_, dataset) => {
  it('have the mean and standard deviation of their distribution', () => {
    const { data } = syntheticImages(dataset, 'train');
    const { mean, std } = knownStatistics(dataset)!;
    const found = data.reduce((sum, x) => sum + x, 0) / data.length;
    const variance = data.reduce((sum, x) => sum + (x - found) ** 2, 0) / data.length;
    // four standard errors of the mean of 640,000 pixels
    expect(Math.abs(found - mean)).toBeLessThan((4 * std) / 800);
    expect(Math.sqrt(variance) / std).toBeCloseTo(1, 2);
  });
});

describe('byteStatistics', () => {
  it('are those of the bytes scaled to [-1, 1]', () => {
    const { mean, std } = byteStatistics({ count: 1, size: 2, channels: 1, data: Uint8Array.of(0, 0, 255, 255) });
    expect([mean, std]).toEqual([0, 1]);
  });

  it('scale with the range of the bytes; those of synthetic images do not change', () => {
    const [mnist, gaussian] = [datasetSchema.parse({ name: 'mnist' }), datasetSchema.parse(synthetic[0])];
    expect(scaledStatistics({ mean: 0.5, std: 0.6 }, mnist, 0.5)).toEqual({ mean: 0.25, std: 0.3 });
    expect(scaledStatistics({ mean: 0.5, std: 0.6 }, gaussian, 0.5)).toEqual({ mean: 0.5, std: 0.6 });
  });
});
