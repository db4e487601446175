import type { BackendName, Probe } from '@elucidate/engine/backend';
import type { Engine } from '@elucidate/engine/start';
import type { ErrorCode } from '@elucidate/experiment/errors';
import type { Timed, Timing, Workload } from '@elucidate/training/throughput';

/** What a measuring process is asked, as its only argument, and what it prints: one line of JSON. */

export type Request =
  /** Which engines are here. */
  | { task: 'probe' }
  /** With how many threads an engine really computes. */
  | { task: 'start'; backend: BackendName; threads: number }
  /** What the network of a workload makes of fixed images with fixed weights. */
  | { task: 'outputs'; backend: BackendName; threads: number; workload: Workload }
  | { task: 'measure'; backend: BackendName; threads: number; workload: Workload; steps: Steps; productSize: number };

/** How often each thing is done. */
export interface Steps {
  training: Timed;
  denoising: Timed;
}

/** What one process measured, which had the machine to itself. */
export interface Run {
  engine: Pick<Engine, 'version' | 'threads' | 'device'> & { backend: string };
  /** Of the network. */
  parameters: number;
  /** GFLOP/s of a product of two square matrices; absent where it would take too long. */
  productRate?: number;
  training: Timing[];
  denoising: Timing[];
  /** Peak of the process, MB of 2^20 bytes. */
  rssMb: number;
}

export type Probes = Record<BackendName, Probe>;

export type Answer = { probes: Probes } | { outputs: number[] } | { engine: Run['engine'] } | Run | { error: { code: ErrorCode; message: string } };
