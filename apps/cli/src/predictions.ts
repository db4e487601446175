import type { EtaPrediction } from '@elucidate/store/queries/sweep-eta';
import { clock, etaText } from './bars.js';

/** What was expected of a sweep that has ended, and what came of it, a line for each moment. */
export function predictionLines(predictions: readonly EtaPrediction[]): string[] {
  const ended = predictions.filter(({ took }) => took !== null);
  if (ended.length === 0) return [];
  const within = ended.filter(({ took, low, high }) => took! >= low && took! <= high).length;
  return [`  expected to end, by moment: ${within} of ${ended.length} within the 95 % interval`, ...ended.map((one) => `    at ${String(one.moment).padStart(2)} % done: in ${etaText(one)}; took ${clock(one.took!)}`)];
}
