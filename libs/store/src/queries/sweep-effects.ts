import { effectsOf, type EffectsSource, type SweepEffects } from '@elucidate/experiment/effects';
import type { AskedScale } from '@elucidate/experiment/score-scale';
import type { Queryable } from '../queryable.js';
import { scoredCells } from './scored-cells.js';

export interface EffectsQuestion {
  sweepId: string;
  /** Key of the metric; by default the first that the sweep requests. */
  metric?: string | undefined;
  scale?: AskedScale | undefined;
}

/** `effectsOf`, or what has it computed elsewhere: it takes seconds of a core where a sweep has a thousand configurations. */
export type EffectsWork = (source: EffectsSource, scale: AskedScale) => SweepEffects | Promise<SweepEffects>;

/** What matters in a sweep: main effects and interactions of what it varies, over the configurations that have all their trials. Throws 'request.invalid', 'not_found'. */
export async function sweepEffects(db: Queryable, { sweepId, metric, scale = 'auto' }: EffectsQuestion, work: EffectsWork = effectsOf): Promise<SweepEffects> {
  return work({ sweepId, ...(await scoredCells(db, sweepId, metric)) }, scale);
}
