import { contentId } from '@elucidate/experiment/canonical';
import type { ExtractorFacts } from '@elucidate/training/feature-extractor';

/** Bump in the commit that changes the values of FID or KID for the same features. */
export const metricVersion = 2;

/** Everything that two scores must share, apart from n, to be ranked together. */
export interface Evaluator extends Readonly<ExtractorFacts> {
  /** sha256 of the extractor's weights file. */
  readonly weights: string;
  readonly reference: {
    /** Independent of its resolution. */
    readonly dataset: string;
    readonly split: 'test';
    readonly size: number;
    readonly resolution: number;
  };
  readonly metricVersion: number;
}

/** The evaluator defined by an extractor's weights, how it treats the images, and a reference. */
export function evaluatorOf(weights: string, facts: ExtractorFacts, reference: Evaluator['reference']): Evaluator {
  return { weights, ...facts, reference, metricVersion };
}

/** The evaluator's fingerprint: sha256 of its canonical text, 64 hex digits. */
export function fingerprint(evaluator: Evaluator): string {
  return contentId(evaluator);
}
