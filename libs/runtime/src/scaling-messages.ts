import type { BackendChoice } from '@elucidate/engine/backend';
import type { Engine } from '@elucidate/engine/start';
import type { Workload } from '@elucidate/training/throughput';
import type { Failure } from '@elucidate/experiment/failure';

/** What a measuring process is given, once, as its only argument, and what it reports. */
export interface ScalingSetup {
  readonly backend: BackendChoice;
  readonly threads: number;
  readonly workload: Workload;
}

export type FromScalingChild =
  | { readonly type: 'started'; readonly engine: Engine }
  | { readonly type: 'unusable'; readonly error: Failure }
  /** A training step has ended. */
  | { readonly type: 'step' };
