import { contentId } from '@elucidate/experiment/canonical';
import { evaluatorLayer } from '@elucidate/training/classifier';
import { evaluatorInput } from '@elucidate/training/features';

/** Bump in the commit that changes what FID or KID come to for the same features. */
const metricVersion = 1;

/** Everything that two scores must share before they may stand in one ranking, apart from n. */
export interface Evaluator {
  /** sha256 of the extractor's weights file. */
  readonly weights: string;
  readonly layer: string;
  /** Pixel values the extractor is fed. */
  readonly inputRange: readonly [number, number];
  /** How images of other sizes reach the extractor's. */
  readonly resize: string;
  readonly reference: {
    readonly dataset: string;
    readonly split: 'test';
    readonly size: number;
    readonly resolution: number;
  };
  readonly metricVersion: number;
}

/** The evaluator that these weights and this reference make. */
export function evaluatorOf(weights: string, reference: Evaluator['reference']): Evaluator {
  return { weights, layer: evaluatorLayer, ...evaluatorInput, reference, metricVersion };
}

/** The evaluator's fingerprint: sha256 of its canonical text, 64 hex digits. */
export function fingerprint(evaluator: Evaluator): string {
  return contentId(evaluator);
}
