/** Every backend this version can run on, in the order `auto` tries them. */
export const backendNames = ['tensorflow', 'simd', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** What a user may ask for. */
export const backendChoices = ['auto', ...backendNames] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** What a look at this machine found, without taking the backend into use. */
export type Probe =
  | { available: true; version: string; device: string }
  | { available: false; reason: string; remedy: string };

/** A backend that has been taken into use. */
export interface Started {
  version: string;
  /** Threads it really computes with, which may be fewer than asked for. */
  threads: number;
  device: string;
}

export interface Backend {
  probe(): Promise<Probe>;
  /** Makes it tfjs's current backend. Called only after `probe` found it available. */
  init(threads: number): Promise<Started>;
}
