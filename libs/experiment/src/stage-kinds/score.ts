import { metricDef } from '@elucidate/metrics/metric-defs';
import { z } from 'zod';
import type { CellConfig } from '../cell-config.js';
import { featureWidth } from '../extractors.js';
import { memoised } from '../memoised.js';
import { metricRequestSchema, resolveMetric } from '../metric-requests.js';
import { stageKind } from './definition.js';

/** Images of the test split. */
const referenceImages = 10_000;

const resolved = memoised((metrics: CellConfig['metrics']) => metrics.map(resolveMetric));

/** Of the generated images and, for the real-data baseline, of as many real ones. */
function scoringFlops({ samples, metrics }: Pick<CellConfig, 'samples' | 'metrics'>): number {
  return resolved(metrics).reduce((sum, { name, settings, n = samples }) => sum + 2 * metricDef(name).flops({ n, referenceN: referenceImages, d: featureWidth }, settings), 0);
}

/** Compares generated images with real ones. Its metrics are rows. Outputs, where a metric needs the training images: neighbours (PNG). */
export const score = stageKind({
  kind: 'score',
  codeVersion: 2,
  params: z.strictObject({ metrics: z.array(metricRequestSchema).min(1) }),
  inputs: { embed: 'embed', reference: 'reference', sample: 'sample' },
  work: (config) => scoringFlops(config) * (config.trajectory ? config.steps + 1 : 1),
});
