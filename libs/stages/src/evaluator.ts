import { contentId } from '@elucidate/experiment/canonical';
import type { ExtractorFacts } from '@elucidate/training/feature-extractor';

/** Bump in the commit that changes what FID or KID come to for the same features. */
const metricVersion = 2;

/** Everything that two scores must share before they may stand in one ranking, apart from n. */
export interface Evaluator extends Readonly<ExtractorFacts> {
  /** sha256 of the extractor's weights file. */
  readonly weights: string;
  readonly reference: {
    /** Whatever its resolution. */
    readonly dataset: string;
    readonly split: 'test';
    readonly size: number;
    readonly resolution: number;
  };
  readonly metricVersion: number;
}

/** The evaluator that an extractor's weights, what it does with the images, and a reference make. */
export function evaluatorOf(weights: string, facts: ExtractorFacts, reference: Evaluator['reference']): Evaluator {
  return { weights, ...facts, reference, metricVersion };
}

/** The evaluator's fingerprint: sha256 of its canonical text, 64 hex digits. */
export function fingerprint(evaluator: Evaluator): string {
  return contentId(evaluator);
}
