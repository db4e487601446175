import { backendNames, deviceBackends, processorName, type BackendName } from '@elucidate/engine/backend';
import { ElucidateError } from '@elucidate/experiment/errors';
import { workloadParams, type Workload } from '@elucidate/training/throughput';
import type { Options } from './options.js';
import { engineOutputs, findTorch, measure, measureTorch, probe, start, torchOutputs } from './processes.js';
import type { Contestant } from './report.js';
import type { Run, Steps } from './run.js';
import { checkSame } from './same-network.js';

/** Enough of each for a median, few enough that a round takes minutes. The first steps compile code and allocate memory. */
const stepsOf: Readonly<Record<Workload['network'], Steps>> = {
  tiny: { training: { warmUp: 3, steps: 8 }, denoising: { warmUp: 2, steps: 8 } },
  small: { training: { warmUp: 2, steps: 4 }, denoising: { warmUp: 1, steps: 4 } },
  base: { training: { warmUp: 2, steps: 3 }, denoising: { warmUp: 1, steps: 3 } },
  large: { training: { warmUp: 1, steps: 2 }, denoising: { warmUp: 1, steps: 2 } },
};

/** A GPU's step takes milliseconds, once its programs have been compiled and run. */
const gpuSteps: Steps = { training: { warmUp: 10, steps: 40 }, denoising: { warmUp: 10, steps: 40 } };

/** How a processor or GPU is measured: only large products keep a GPU busy. */
const measuredOn = (place: Contestant['place'], { network }: Workload) => (place === 'gpu' ? { steps: gpuSteps, productSize: 4096 } : { steps: stepsOf[network], productSize: 1024 });

/** One engine at one thread count, waiting for its turn. */
export interface Entrant extends Contestant {
  measure(): Promise<Run>;
}

/** Each engine at each thread count that it really has. */
export async function engineEntrants({ backends, threads, workload }: Options, say: (text: string) => void): Promise<{ entrants: Entrant[]; absent: string[] }> {
  const found = await probe();
  const absent = backendNames.flatMap((name) => {
    const probed = found[name];
    return probed.available ? [] : [`${name}: ${probed.reason}`];
  });
  // plain JavaScript would take hours, and a software GPU adapter nearly as long
  const inSoftware = (name: BackendName) => deviceBackends.has(name) && 'onlyByName' in found[name];
  const here = backendNames.filter((name) => found[name].available && name !== 'cpu' && !inSoftware(name));
  const entrants: Entrant[] = [];
  for (const backend of backends ?? here) {
    for (const count of threads) {
      const engine = await start({ backend, threads: count });
      const key = keyOf(backend, engine.threads);
      if (entrants.some((entrant) => entrant.key === key)) {
        say(`${backend} computes with ${engine.threads} of ${count} threads: not measured twice`);
        continue;
      }
      const onProcessor = !deviceBackends.has(backend) || engine.device === processorName();
      const place = inSoftware(backend) ? 'software adapter' : onProcessor ? 'cpu' : 'gpu';
      entrants.push({ key, threads: engine.threads, place, runs: [], measure: () => measure({ backend, threads: engine.threads, workload, ...measuredOn(place, workload) }) });
    }
  }
  return { entrants, absent };
}

const keyOf = (backend: BackendName | 'torch', threads: number): string => `${backend}x${threads}`;

/**
 * What the engines are compared with: PyTorch on the CPU at each thread count they use there, and on the GPU where one of
 * them runs on it, in float32 and in TensorFloat-32. Empty if no Python has it.
 */
export async function torchEntrants({ torch, threads, workload }: Options, engines: readonly Contestant[], say: (text: string) => void): Promise<Entrant[]> {
  const found = torch ? await findTorch() : undefined;
  if (!found) {
    if (torch) say('no Python here has torch, so nothing is compared with it: apt install python3-torch libopenblas0 (or pip install torch)');
    return [];
  }
  const { python, gpu } = found;
  const pair = { ...workload, batch: 2 };
  checkSame(await engineOutputs({ backend: 'simd', threads: 1, workload: pair }), await torchOutputs(python, torchShape(pair)));
  const shape = torchShape(workload);
  const entrant = (key: string, place: Contestant['place'], settings: { device: string; threads: number; tf32: boolean }): Entrant => {
    const { steps, productSize } = measuredOn(place, workload);
    return { key, place, threads: settings.threads, runs: [], measure: () => measureTorch(python, { ...settings, ...shape, ...steps, productSize }) };
  };
  const onCpu = engines.filter(({ place }) => place === 'cpu').map((engine) => engine.threads);
  const cpuThreads = onCpu.length > 0 ? [...new Set([...threads, ...onCpu])] : [];
  const onGpu = engines.some(({ place }) => place === 'gpu');
  if (onGpu && gpu === null) say('the torch of this Python sees no GPU, so that the engines on one are compared with nothing: pip install torch, built for the driver');
  return [
    ...cpuThreads.map((count) => entrant(keyOf('torch', count), 'cpu', { device: 'cpu', threads: count, tf32: false })),
    ...(onGpu && gpu !== null ? [entrant('torch-gpu', 'gpu', { device: gpu, threads: 1, tf32: false })] : []),
    ...(onGpu && gpu === 'cuda' ? [entrant('torch-tf32-gpu', 'gpu', { device: gpu, threads: 1, tf32: true })] : []),
  ];
}

/** The request to torch_unet.py about a workload's network and images. */
export function torchShape(workload: Workload) {
  return { batch: workload.batch, resolution: workload.resolution, ...shapeOf(workload) };
}

export function shapeOf(workload: Workload) {
  const { network } = workloadParams(workload, 0);
  if (!('channels' in network)) throw new ElucidateError('request.invalid', `${workload.network} is not a network that is trained`);
  return network;
}
