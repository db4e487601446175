import { readWeights } from '@elucidate/training/weights-file';
import { standardExtractorFile } from '@elucidate/training/feature-extractor';
import { extractorSet } from './extractor-file.js';

/** The largest difference between a weight of an extractor file and the same weight of the one that ships; 0 if the two are the same network, bit for bit. Throws 'artifact.corrupt' for a file that contains no extractor. */
export async function differenceFromStandard(path: string): Promise<number> {
  const [standard, other] = await Promise.all([readWeights(standardExtractorFile, extractorSet), readWeights(path, extractorSet)]);
  const differences = Object.entries(standard).map(([name, { data }]) => {
    const against = other[name]?.data;
    if (against?.length !== data.length) return Infinity;
    return data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (against[i] ?? Infinity))), 0);
  });
  return Math.max(...differences);
}
