import type { PixelStatistics } from '@elucidate/experiment/pixel-statistics';
import { byteToUnit, type ByteImages } from '../images.js';

/** Of bytes mapped to [-1, 1]. Computed from counts of byte values, so that the order of summation cannot matter. */
export function byteStatistics({ data }: ByteImages): PixelStatistics {
  const counts = new Float64Array(256);
  for (const byte of data) counts[byte]! += 1;
  const mean = counts.reduce((sum, n, byte) => sum + n * byteToUnit(byte), 0) / data.length;
  const variance = counts.reduce((sum, n, byte) => sum + n * (byteToUnit(byte) - mean) ** 2, 0) / data.length;
  return { mean, std: Math.sqrt(variance) };
}
