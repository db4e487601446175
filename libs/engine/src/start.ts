// Registers the gradients of every tfjs op (tfjs-core has none in Node): 35 ms on top of tfjs-core's 105; the union package takes 230.
import '@tensorflow/tfjs-layers';
import { ElucidateError } from '@elucidate/experiment/errors';
import { backendNames } from './backend.js';
import type { Backend, BackendChoice, BackendName, Probe } from './backend.js';
import { cpu } from './cpu.js';
import { native } from './native.js';
import { simd, simdRelaxed } from './simd.js';
import { tensorflow } from './tensorflow.js';
import { wasm } from './wasm.js';
import { webgpu } from './webgpu.js';

const backends: Readonly<Record<BackendName, Backend>> = { tensorflow, webgpu, native, simd, 'simd-relaxed': simdRelaxed, wasm, cpu };

/** The engine this process computes with: what a result's provenance records about it, and one line for display. */
export interface Engine {
  backend: BackendName;
  /** Of the package or kernels behind it. */
  version: string;
  threads: number;
  device: string;
  /** Which engine and why, "wasm 4.22.0, 1 thread, AMD EPYC: requested". */
  line: string;
  /** What has made it unusable since; see `Started`. */
  failure?: () => ElucidateError | undefined;
}

export interface EngineRequest {
  /** `auto` (the default) takes the first of `backendNames` that this machine has. */
  backend?: BackendChoice;
  /** Threads to compute with; `tensorflow`, `native` and the `simd` ones have more than one. Default 1: a worker runs one slot per core. */
  threads?: number;
}

/** Starts a backend in this process. Throws `engine.absent` if the requested one is not available. */
export async function startEngine({ backend = 'auto', threads = 1 }: EngineRequest = {}): Promise<Engine> {
  if (backend !== 'auto') {
    const found = await backends[backend].probe();
    if (!found.available) throw absent(backend, found);
    return describe(backend, await backends[backend].init(threads), 'requested');
  }
  const passedOver: string[] = [];
  for (const name of backendNames) {
    const found = await backends[name].probe();
    const reason = found.available ? found.onlyByName : found.reason;
    if (reason === undefined) return describe(name, await backends[name].init(threads), ['first that is here', ...passedOver].join('; '));
    passedOver.push(`not ${name}: ${reason}`);
  }
  throw new ElucidateError('engine.absent', `No engine runs on this machine: ${passedOver.join('; ')}`);
}

/** Probes every backend, in the order of `auto`. Leaves the current one in use. */
export async function probeEngines(): Promise<Record<BackendName, Probe>> {
  const found = {} as Record<BackendName, Probe>;
  for (const name of backendNames) found[name] = await backends[name].probe();
  return found;
}

function absent(name: BackendName, { reason, remedy }: Extract<Probe, { available: false }>): ElucidateError {
  return new ElucidateError('engine.absent', `The engine ${name} is not on this machine: ${reason}. ${remedy}`, { details: { backend: name } });
}

function describe(backend: BackendName, started: Awaited<ReturnType<Backend['init']>>, why: string): Engine {
  const { version, threads, device } = started;
  return { backend, ...started, line: `${backend} ${version}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${device}: ${why}` };
}
