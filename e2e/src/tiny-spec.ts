/** The options of a tiny sweep; everything else is fixed. */
export interface TinySpec {
  name: string;
  parameters?: object;
  seeds?: { train?: number[]; sample?: number[] };
  /** Images per training run. */
  images?: number;
  learningRate?: number;
  /** Images generated per trial. */
  samples?: number;
}

/** A sweep over real 16x16 images with a network of eight channels: a training run takes a second or two. Its features are the pixels: the standard extractor, of every-word.test.ts, computes for most of a minute. */
export const tinySpec = ({ name, parameters = {}, seeds = {}, images = 512, learningRate = 1e-3, samples = 32 }: TinySpec): object => ({
  name,
  dataset: { name: 'fashion-mnist', resolution: 16 },
  parameters: { sampler: { value: { kind: 'ddim' } }, steps: { value: 2 }, ...parameters },
  seeds,
  train: { network: { channels: [8], blocks: 1, groups: 4 }, images, batch: 16, learningRate },
  evaluate: { samples, extractor: { kind: 'identity' } },
});
