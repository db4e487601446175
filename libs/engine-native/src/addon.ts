import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The memory that holds the tensors, then numbers: addresses are bytes into it. What each kernel computes is documented in native/. */
export type NativeKernel = (memory: Uint8Array, ...numbers: number[]) => void;

const kernelNames = [
  'convolution', 'multiply', 'binary', 'unary', 'sumRows', 'sumColumns', 'copyRows', 'transpose', 'upsample2x', 'upsample2xGradient',
  'groupNormSilu', 'groupNormSiluGradient', 'groupNormSiluParts',
] as const;

/** What native/ exports. Everything it throws has one of `nativeErrorCodes`. */
export interface Addon extends Readonly<Record<(typeof kernelNames)[number], NativeKernel>> {
  /** "2.6.3". */
  readonly oneDnnVersion: string;
  /** First 8 hex digits of the sha256 of native/: which sources computed a result. */
  readonly sources: string;
  /** Threads of all later kernel calls, including the caller's thread. Results do not depend on it. */
  setThreads(count: number): void;
}

export const nativeErrorCodes = { failure: 'ERR_ENGINE_NATIVE', noMemory: 'ERR_ENGINE_NATIVE_MEMORY' } as const;

/** What `npm run build:native` makes. */
export const addonFile = fileURLToPath(new URL('../build/Release/engine_native.node', import.meta.url));

const remedy = 'Run `npm run build:native`, which needs a compiler and oneDNN: `apt install g++ make python3 libdnnl-dev`.';

const require = createRequire(import.meta.url);

/** The addon, or why it is missing and what to do. */
export function loadAddon(file = addonFile): { addon: Addon } | { reason: string; remedy: string } {
  if (!existsSync(file)) return { reason: 'it is not built', remedy };
  try {
    const addon = require(file) as Partial<Addon>;
    const lacking = kernelNames.find((name) => typeof addon[name] !== 'function');
    return lacking ? { reason: `its build is out of date (${lacking} is missing)`, remedy } : { addon: addon as Addon };
  } catch (cause) {
    return { reason: `it does not load (${String(cause instanceof Error ? cause.message : cause).split('\n')[0]})`, remedy };
  }
}
