import { cpus } from 'node:os';
import type { ElucidateError } from '@elucidate/experiment/errors';

/** Every backend this version can run on, in the order `auto` tries them. */
export const backendNames = ['tensorflow', 'webgpu', 'native', 'simd', 'simd-relaxed', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** What a user may request. */
export const backendChoices = ['auto', ...backendNames] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** Backends whose tensors live outside JavaScript's memory: reading one back is expensive, so a step should read only its loss. */
export const deviceBackends: ReadonlySet<string> = new Set<BackendName>(['tensorflow', 'webgpu']);

/** The result of probing this machine for a backend, without starting it. */
export type Probe =
  | { available: true; version: string; device: string; /** Why `auto` passes it over although it works. */ onlyByName?: string }
  | { available: false; reason: string; remedy: string };

/** A backend that has been started. */
export interface Started {
  version: string;
  /** Threads it really uses, which may be fewer than requested. */
  threads: number;
  device: string;
  /** What has made it unusable since, such as a lost GPU; every later read of a result rejects with this. The process should end. */
  failure?: () => ElucidateError | undefined;
}

export interface Backend {
  probe(): Promise<Probe>;
  /** Makes it tfjs's current backend. Called only after `probe` found it available. */
  init(threads: number): Promise<Started>;
}

/** The CPU's name as reported by the system, "AMD EPYC 7B13"; the architecture if it reports none. */
export function processorName(): string {
  return cpus()[0]?.model.trim() || process.arch;
}
