import { loadAddon } from '@elucidate/engine-native/addon';
import { backendNames } from './backend.js';
import type { BackendName } from './backend.js';
import { tensorflowPackage } from './tensorflow.js';

const addon = loadAddon();
/** Why the engine native is not tested here; undefined where it is built. */
export const nativeMissing: string | undefined = 'reason' in addon ? `${addon.reason}. ${addon.remedy}` : undefined;

/** Installed by hand and bound to hardware: tested on request. Built by hand: tested if built. */
const notByDefault: Partial<Record<BackendName, boolean>> = { webgpu: true, tensorflow: tensorflowPackage() === undefined, native: nativeMissing !== undefined };

/** The backends that every table of tests runs on: those that ship with the project, or those that ELUCIDATE_TEST_BACKENDS names, "webgpu,simd". */
export function testedBackends(): BackendName[] {
  const requested = process.env['ELUCIDATE_TEST_BACKENDS']?.split(',');
  return backendNames.filter((name) => (requested ? requested.includes(name) : !notByDefault[name]));
}
