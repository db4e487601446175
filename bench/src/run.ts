import type { BackendName, Probe } from '@elucidate/engine/backend';
import type { Engine } from '@elucidate/engine/start';
import type { ErrorCode } from '@elucidate/experiment/errors';
import type { Timed, Timing, Workload } from '@elucidate/training/throughput';

/** The request to a measuring process, its only argument, and what it prints: one line of JSON. */

export type Request =
  /** Which engines are available. */
  | { task: 'probe' }
  /** How many threads an engine really uses. */
  | { task: 'start'; backend: BackendName; threads: number }
  /** Outputs of a workload's network for fixed images and fixed weights. */
  | { task: 'outputs'; backend: BackendName; threads: number; workload: Workload }
  | { task: 'measure'; backend: BackendName; threads: number; workload: Workload; steps: Steps; productSize: number };

/** How often each thing is done. */
export interface Steps {
  training: Timed;
  denoising: Timed;
}

/** What one process measured while it had the machine to itself. */
export interface Run {
  engine: Pick<Engine, 'version' | 'threads' | 'device'> & { backend: string };
  /** Of the network. */
  parameters: number;
  /** GFLOP/s of a product of two square matrices; absent if it would take too long. */
  productRate?: number;
  training: Timing[];
  denoising: Timing[];
  /** Peak memory of the process, MB of 2^20 bytes. */
  rssMb: number;
}

export type Probes = Record<BackendName, Probe>;

export type Answer = { probes: Probes } | { outputs: number[] } | { engine: Run['engine'] } | Run | { error: { code: ErrorCode; message: string } };
