import * as tf from '@tensorflow/tfjs-core';
import { backendNames, deviceBackends } from './backend.js';
import type { BackendName } from './backend.js';
import { probeEngines, startEngine } from './start.js';

/** What a convolution costs on each backend of this machine. Whole steps: `npm run bench:engine`. */

/** Milliseconds, median of the rounds: wall-clock, and CPU time, which other work on the machine hardly affects. */
export interface Time {
  wall: number;
  cpu: number;
}

export type Passes = [forward: Time, inputGradient: Time, filterGradient: Time];

/** The times of one backend. */
export interface Row {
  backend: BackendName;
  line: string;
  /** 3x3 convolution of 16 channels at 16x16. */
  conv16: Passes;
  /** The same of 32 channels at 8x8. */
  conv32: Passes;
}

export interface Settings {
  /** Images in a batch. */
  batch: number;
  rounds: number;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? NaN)) / 2;
}

/** Times `run` after five warm-up runs: V8 first compiles quickly, then optimises. */
function time(rounds: number, run: () => tf.Tensor): Time {
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let i = -5; i < rounds; i++) {
    const began = performance.now();
    const used = process.cpuUsage();
    const result = run();
    const { user, system } = process.cpuUsage(used);
    if (i >= 0) {
      walls.push(performance.now() - began);
      cpus.push((user + system) / 1000);
    }
    result.dispose();
  }
  return { wall: median(walls), cpu: median(cpus) };
}

function timeConvolution({ batch, rounds }: Settings, size: number, channels: number): Passes {
  const x: tf.Tensor4D = tf.randomNormal([batch, size, size, channels], 0, 1, 'float32', 1);
  const dy: tf.Tensor4D = tf.randomNormal([batch, size, size, channels], 0, 1, 'float32', 2);
  const filter: tf.Tensor4D = tf.randomNormal([3, 3, channels, channels], 0, 1, 'float32', 3);
  const kernel = (name: string, inputs: tf.NamedTensorMap, shapes: tf.NamedAttrMap) =>
    time(rounds, () => tf.engine().runKernel<tf.Tensor>(name, inputs, { strides: 1, pad: 'same', dataFormat: 'NHWC', ...shapes }));
  const passes: Passes = [
    time(rounds, () => tf.conv2d(x, filter, 1, 'same')),
    kernel('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape }),
    kernel('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }),
  ];
  tf.dispose([x, dy, filter]);
  return passes;
}

/** Starts the backend in this process and times two convolutions on it. */
export async function measure(backend: BackendName, settings: Settings): Promise<Row> {
  const { line } = await startEngine({ backend });
  const conv16 = timeConvolution(settings, 16, 16);
  const conv32 = timeConvolution(settings, 8, 32);
  return { backend, line, conv16, conv32 };
}

const ms = (n: number) => n.toFixed(n < 10 ? 2 : 1);
const processor = (passes: Passes) => passes.map(({ cpu }) => ms(cpu)).join(' / ');

/** The rows as a Markdown table. */
export function markdown(rows: readonly Row[], { batch, rounds }: Settings): string {
  return [
    `Batch ${batch}, median of ${rounds}, Node ${process.versions.node}; ms of the processor: forward / input gradient / filter gradient.`,
    '',
    '| backend | conv 16->16 at 16x16 | conv 32->32 at 8x8 |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.backend} | ${processor(row.conv16)} | ${processor(row.conv32)} |`),
    '',
    ...rows.map(({ line }) => `- ${line}`),
  ].join('\n');
}

/** The backends here whose kernels have computed when they return, without the oracle, which takes minutes. */
export async function backendsHere(): Promise<BackendName[]> {
  const found = await probeEngines();
  return backendNames.filter((name) => name !== 'cpu' && !deviceBackends.has(name) && found[name].available);
}
