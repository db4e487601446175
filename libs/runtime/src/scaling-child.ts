import { startEngine } from '@elucidate/engine/start';
import { train } from '@elucidate/training/loop';
import { randomImages, workloadParams } from '@elucidate/training/throughput';
import { failureOf } from './failure.js';
import { stopSignals } from '@elucidate/shell/stop-signal';
import type { FromScalingChild, ScalingSetup } from './scaling-messages.js';

/** A process that trains until its parent ends it, and reports every step. */

const endlessly = 1e9;

process.on('disconnect', () => process.exit(0));
for (const name of stopSignals) process.on(name, () => {});

const { backend, threads, workload } = JSON.parse(process.argv[2]!) as ScalingSetup;
const tell = (message: FromScalingChild): void => void process.send!(message);

try {
  tell({ type: 'started', engine: await startEngine({ backend, threads }) });
  await train(workloadParams(workload, endlessly), randomImages(workload), { onProgress: () => tell({ type: 'step' }) });
} catch (error) {
  process.send!({ type: 'unusable', error: failureOf(error) } satisfies FromScalingChild, () => process.disconnect());
}
