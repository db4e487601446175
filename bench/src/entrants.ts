import { backendNames, deviceBackends, type BackendName } from '@elucidate/engine/backend';
import { processorName } from '@elucidate/engine/device';
import { ElucidateError } from '@elucidate/experiment/errors';
import { parameterCount, workloadParams, type Workload } from '@elucidate/training/throughput';
import type { Options } from './options.js';
import { findTorch, measure, measureTorch, probe, start } from './processes.js';
import type { Contestant } from './report.js';
import type { Run, Steps } from './run.js';

/** Enough of each for a median, few enough for a round of minutes. The first steps compile code and take memory. */
const stepsOf: Readonly<Record<Workload['network'], Steps>> = {
  tiny: { training: { warmUp: 3, steps: 8 }, denoising: { warmUp: 2, steps: 8 } },
  small: { training: { warmUp: 2, steps: 4 }, denoising: { warmUp: 1, steps: 4 } },
  base: { training: { warmUp: 2, steps: 3 }, denoising: { warmUp: 1, steps: 3 } },
};

/** One engine with one number of threads, that waits for its turns. */
export interface Entrant extends Contestant {
  measure(): Promise<Run>;
}

/** Each engine with each number of threads that it really has. */
export async function engineEntrants({ backends, threads, workload }: Options, say: (text: string) => void): Promise<{ entrants: Entrant[]; absent: string[] }> {
  const found = await probe();
  const absent = backendNames.flatMap((name) => {
    const probed = found[name];
    return probed.available ? [] : [`${name}: ${probed.reason}`];
  });
  // plain JavaScript would take hours, and a software adapter of a GPU nearly so
  const tooSlow = (name: BackendName) => name === 'cpu' || (deviceBackends.has(name) && 'onlyByName' in found[name]);
  const here = backendNames.filter((name) => found[name].available && !tooSlow(name));
  const entrants: Entrant[] = [];
  for (const backend of backends ?? here) {
    for (const count of threads) {
      const engine = await start({ backend, threads: count });
      if (entrants.some((entrant) => entrant.key === keyOf(backend, engine.threads))) say(`${backend} computes with ${engine.threads} of ${count} threads: not measured twice`);
      else entrants.push({ key: keyOf(backend, engine.threads), threads: engine.threads, device: deviceOf(engine), runs: [], measure: () => measure({ backend, threads: engine.threads, workload, steps: stepsOf[workload.network] }) });
    }
  }
  return { entrants, absent };
}

const keyOf = (backend: BackendName | 'torch', threads: number): string => `${backend}x${threads}`;

/** PyTorch with each number of threads; nothing where no Python has it. */
export async function torchEntrants({ torch, workload }: Options, threads: readonly number[], say: (text: string) => void): Promise<Entrant[]> {
  const found = torch ? await findTorch() : undefined;
  if (!found) {
    if (torch) say('no Python here has torch, so nothing is compared with it: apt install python3-torch libopenblas0 (or pip install torch)');
    return [];
  }
  const { channels, blocks, groups } = shapeOf(workload);
  const request = { batch: workload.batch, resolution: workload.resolution, channels, blocks, groups, ...stepsOf[workload.network] };
  return threads.map((count) => ({ key: keyOf('torch', count), threads: count, device: 'cpu', runs: [], measure: () => checked(measureTorch(found.python, { ...request, threads: count }), workload) }));
}

/** The reference must be the same network. */
async function checked(measuring: Promise<Run>, workload: Workload): Promise<Run> {
  const [run, ours] = [await measuring, parameterCount(workload)];
  if (run.parameters !== ours) throw new ElucidateError('stage.failed', `bench/torch_unet.py has ${run.parameters} parameters and libs/diffusion ${ours}: they are no longer the same network`);
  return run;
}

const deviceOf = ({ backend, device }: Run['engine']): string => (deviceBackends.has(backend) && device !== processorName() ? device : 'cpu');

/** Of the network. */
export function shapeOf(workload: Workload) {
  const { network } = workloadParams(workload, 0);
  if (!('channels' in network)) throw new ElucidateError('request.invalid', `${workload.network} is not a network that is trained`);
  return network;
}
