import { type DatasetSpec, isSynthetic } from '@elucidate/experiment/dataset-grammar';
import { knownStatistics } from '@elucidate/training/datasets/statistics';
import { type Images, unitToByte } from '@elucidate/training/images';

interface Shown {
  dataset: DatasetSpec;
  /** Pixels lie in [-dataRange, dataRange]. */
  dataRange: number;
}

/** Of synthetic data, as many standard deviations about the mean as a picture shows; it has no black and white of its own. */
const shownStds = 3;

/** Pixels in data units as bytes of a picture. */
export function pictureBytes(values: Float32Array, { dataset, dataRange }: Shown): Uint8Array {
  if (!isSynthetic(dataset)) return Uint8Array.from(values, (value) => unitToByte(value, dataRange));
  const { mean, std } = knownStatistics(dataset)!;
  return Uint8Array.from(values, (value) => unitToByte(value - mean, shownStds * std));
}

/** Images as they are, or, of synthetic data, as bytes of a picture. */
export function pictured(images: Images, shown: Shown): Images<Uint8Array> {
  return { ...images, data: images.data instanceof Uint8Array ? images.data : pictureBytes(images.data, shown) };
}
