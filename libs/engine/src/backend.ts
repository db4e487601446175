import { cpus } from 'node:os';
import type { ElucidateError } from '@elucidate/experiment/errors';

/** Every backend this version can run on, in the order `auto` tries them. */
export const backendNames = ['tensorflow', 'webgpu', 'native', 'simd', 'simd-relaxed', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** What a user may ask for. */
export const backendChoices = ['auto', ...backendNames] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** Backends whose tensors lie away from JavaScript's memory: reading one back is what costs, so that a step should read its loss and nothing else. */
export const deviceBackends: ReadonlySet<string> = new Set<BackendName>(['tensorflow', 'webgpu']);

/** What a look at this machine found, without taking the backend into use. */
export type Probe =
  | { available: true; version: string; device: string; /** Why `auto` passes it over although it works. */ onlyByName?: string }
  | { available: false; reason: string; remedy: string };

/** A backend that has been taken into use. */
export interface Started {
  version: string;
  /** Threads it really computes with, which may be fewer than asked for. */
  threads: number;
  device: string;
  /** What has made it useless since, a lost GPU say; every result read from then on rejects with this. The process should end. */
  failure?: () => ElucidateError | undefined;
}

export interface Backend {
  probe(): Promise<Probe>;
  /** Makes it tfjs's current backend. Called only after `probe` found it available. */
  init(threads: number): Promise<Started>;
}

/** The processor's name as the system gives it, "AMD EPYC 7B13"; the architecture where it gives none. */
export function processorName(): string {
  return cpus()[0]?.model.trim() || process.arch;
}
