/** The part of WebGPU that is used here. The packages are optional, so their types may be missing. */

export interface GpuAdapterInfo {
  vendor: string;
  /** Family of the hardware, "hopper"; "software" for Mesa's lavapipe, "swiftshader" for Google's. */
  architecture: string;
  device: string;
  /** The driver and its version. */
  description: string;
  isFallbackAdapter?: boolean;
}

export interface GpuAdapter {
  info: GpuAdapterInfo;
  limits: Readonly<Record<string, number>>;
  features: { has(name: string): boolean };
  requestDevice(descriptor: { requiredLimits: Record<string, number>; requiredFeatures: string[] }): Promise<GpuDevice>;
}

export interface GpuErrorEvent {
  /** A GPUOutOfMemoryError, GPUValidationError or GPUInternalError. */
  error: { message: string };
  preventDefault(): void;
}

export interface GpuDevice {
  limits: Readonly<Record<string, number>>;
  /** Resolves, never rejects, when the device is gone. */
  lost: Promise<{ reason: string; message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: GpuErrorEvent) => void): void;
  destroy(): void;
}

export interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

/** Package `webgpu`: Dawn, Chromium's WebGPU, as a Node addon. */
export interface Dawn {
  create(options: readonly string[]): Gpu;
  /** GPUBuffer, GPUBufferUsage and the like, which tfjs expects among the globals. */
  globals: Record<string, unknown>;
}
