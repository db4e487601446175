import { type DatasetSpec, isSynthetic } from '@elucidate/experiment/dataset-grammar';
import { knownStatistics } from '@elucidate/experiment/pixel-statistics';
import { type Images, unitToByte } from '@elucidate/training/images';

interface Shown {
  dataset: DatasetSpec;
  /** Pixels lie in [-dataRange, dataRange]. */
  dataRange: number;
}

/** For synthetic data, the number of standard deviations about the mean that a picture shows; such data has no black and white of its own. */
const shownStds = 3;

/** Converts pixels in data units to bytes of a picture. */
export function pictureBytes(values: Float32Array, { dataset, dataRange }: Shown): Uint8Array {
  if (!isSynthetic(dataset)) return Uint8Array.from(values, (value) => unitToByte(value, dataRange));
  const { mean, std } = knownStatistics(dataset)!;
  return Uint8Array.from(values, (value) => unitToByte(value - mean, shownStds * std));
}

/** Images unchanged or, for synthetic data, as bytes of a picture. */
export function pictured(images: Images, shown: Shown): Images<Uint8Array> {
  return { ...images, data: images.data instanceof Uint8Array ? images.data : pictureBytes(images.data, shown) };
}
