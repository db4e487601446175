import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { seconds } from './seconds.js';

/** `npm run bench:plan`: how long the largest sweeps take to read and to plan. No option, no database; about ten seconds. */

const count = <T>(length: number, member: (index: number) => T): T[] => Array.from({ length }, (_, index) => member(index));

/** 10 samplers x `steps` step counts x 10 schedules x 10 scales: 100 training runs. */
const samplingAxes = (steps: number) => ({
  sampler: { values: count(10, (index) => ({ kind: 'ddim', eta: index / 10 })) },
  steps: { values: count(steps, (index) => index + 2) },
  schedule: { values: count(10, (index) => ({ kind: 'cosine', start: index / 20 })) },
  inputScale: { values: count(10, (index) => (index + 1) / 10) },
});

/** A training run for each cell. */
const trainingAxes = {
  schedule: { values: count(100, (index) => ({ kind: 'cosine', start: index / 200 })) },
  inputScale: { values: count(100, (index) => (index + 1) / 100) },
  learningRate: { values: count(10, (index) => (index + 1) / 1000) },
};

/** Entries of three parameters that drop all but ten cells of `samplingAxes`. */
const entries = (length: number) => count(length, (index) => ({
  steps: (index % 100) + 2,
  inputScale: ((Math.floor(index / 100) % 10) + 1) / 10,
  schedule: { kind: 'cosine', start: Math.floor(index / 1000) / 20 },
}));

const sweeps: Readonly<Record<string, object>> = {
  '10,000 cells, 100 training runs': { parameters: samplingAxes(10) },
  '100,000 cells, 100 training runs': { parameters: samplingAxes(100) },
  '100,000 cells, a training run each': { parameters: trainingAxes },
  '100,000 cells, where of two parameters': { parameters: samplingAxes(100), where: "sampler.kind != 'heun' || steps <= 5" },
  '100,000 cells, where of four parameters': { parameters: samplingAxes(100), where: "sampler.eta < 0.5 && steps > 3 && schedule.start < 0.3 && inputScale > 0.05" },
  '100,000 cells, 1,000 excludes': { parameters: samplingAxes(100), exclude: entries(1000) },
  '100,000 cells, 9,999 excludes': { parameters: samplingAxes(100), exclude: entries(9999) },
};

console.log('| sweep | cells | stages | reading, CPU s | planning, CPU s |\n|---|---:|---:|---:|---:|');
for (const [name, sweep] of Object.entries(sweeps)) {
  const read = seconds(() => parseSpec({ name: 'bench', dataset: { name: 'fashion-mnist' }, ...sweep }));
  const planned = seconds(() => planSweep(read.value));
  console.log(`| ${name} | ${planned.value.cells.length} | ${planned.value.stages.length} | ${read.cpu.toFixed(2)} | ${planned.cpu.toFixed(2)} |`);
}
