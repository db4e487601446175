import { backendNames } from './backend.js';
import type { BackendName } from './backend.js';
import { tensorflowPackage } from './tensorflow.js';

/** Installed by hand and bound to hardware: tested where they are asked for. */
const notByDefault: Partial<Record<BackendName, boolean>> = { webgpu: true, tensorflow: tensorflowPackage() === undefined };

/** The backends that meet every table of tests: those that ship with the project, or those that ELUCIDATE_TEST_BACKENDS names, "webgpu,simd". */
export function testedBackends(): BackendName[] {
  const asked = process.env['ELUCIDATE_TEST_BACKENDS']?.split(',');
  return backendNames.filter((name) => (asked ? asked.includes(name) : !notByDefault[name]));
}
