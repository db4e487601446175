import { probeEngines, startEngine } from '@elucidate/engine/start';
import { ElucidateError } from '@elucidate/experiment/errors';
import { fixedOutputs } from '@elucidate/training/fixed-outputs';
import { matrixProductRate, parameterCount, timeDenoising, timeTraining } from '@elucidate/training/throughput';
import type { Answer, Request } from './run.js';

/** A process that measures one engine once and ends. */

async function answer(request: Request): Promise<Answer> {
  if (request.task === 'probe') return { probes: await probeEngines() };
  const { backend, version, threads, device } = await startEngine(request);
  const engine = { backend, version, threads, device };
  if (request.task === 'start') return { engine };
  if (request.task === 'outputs') return { outputs: await fixedOutputs(request.workload) };
  const { workload, steps, productSize } = request;
  const training = await timeTraining(workload, steps.training);
  const denoising = await timeDenoising(workload, steps.denoising);
  const rssMb = process.resourceUsage().maxRSS / 1024;
  // tfjs in plain JavaScript would take a minute for it
  const productRate = backend === 'cpu' ? {} : { productRate: await matrixProductRate(productSize) };
  return { engine, parameters: parameterCount(workload), training, denoising, rssMb, ...productRate };
}

const print = (answered: Answer): void => void process.stdout.write(`\n${JSON.stringify(answered)}\n`, () => process.exit(0));

answer(JSON.parse(process.argv[2]!) as Request).then(print, (error: unknown) => {
  const { code, message } = error instanceof ElucidateError ? error : { code: 'stage.failed' as const, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  print({ error: { code, message } });
});
