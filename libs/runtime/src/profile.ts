import * as tf from '@tensorflow/tfjs-core';
import { fallbackCounts, resetCounts } from '@elucidate/engine/profile';
import { startEngine, type EngineRequest } from '@elucidate/engine/start';
import type { Images } from '@elucidate/training/images';
import { timeTraining, type Workload } from '@elucidate/training/throughput';

/** One kind of kernel over the profiled steps. */
export interface KernelTime {
  kernel: string;
  calls: number;
  ms: number;
  /** Calls that fell back to a tfjs-backend-cpu kernel because the engine's own does not support the case. */
  fallbacks: number;
}

export interface Profile {
  engine: string;
  workload: Workload;
  steps: number;
  /** Wall-clock time of all steps, including time outside kernels: batches, tfjs itself, Adam, EMA. */
  ms: number;
  /** Slowest first. */
  kernels: KernelTime[];
}

const [warmUp, steps] = [2, 3];

/** Where the time of a training run goes on an engine, which is started in this process; by default it trains on random images. */
export async function profileTraining(request: EngineRequest, workload: Workload, data?: { images: Images; sigmaData: number }): Promise<Profile> {
  const { line } = await startEngine(request);
  await timeTraining(workload, { warmUp: 1, steps: warmUp - 1 }, data);
  resetCounts();
  let ms = 0;
  const { kernels } = await tf.profile(async () => {
    const times = await timeTraining(workload, { warmUp: 1, steps }, data);
    ms = times.reduce((sum, { wall }) => sum + wall * 1000, 0) * ((steps + 1) / steps);
    return [] as tf.Tensor[];
  });
  return { engine: line, workload, steps: steps + 1, ms, kernels: await summed(kernels) };
}

async function summed(kernels: Awaited<ReturnType<typeof tf.profile>>['kernels']): Promise<KernelTime[]> {
  const fallbacks = fallbackCounts();
  const times = new Map<string, KernelTime>();
  // a custom gradient's scope is not a kernel, and the kernels in it are counted
  for (const { name, kernelTimeMs } of kernels.filter((info) => info.name !== 'unnamed scope')) {
    const time = times.get(name) ?? { kernel: name, calls: 0, ms: 0, fallbacks: fallbacks[name]?.calls ?? 0 };
    times.set(name, { ...time, calls: time.calls + 1, ms: time.ms + Number(await kernelTimeMs) });
  }
  return [...times.values()].sort((a, b) => b.ms - a.ms);
}
