/** The largest sweeps that a spec may describe, in several shapes. */

const count = <T>(length: number, member: (index: number) => T): T[] => Array.from({ length }, (_, index) => member(index));

/** 10 samplers x `steps` step counts, the first of which is `from`, x 10 schedules x 10 scales: 100 training runs. */
export const samplingGrid = (steps: number, from = 2) => ({
  sampler: { values: count(10, (index) => ({ kind: 'ddim', eta: index / 10 })) },
  steps: { values: count(steps, (index) => index + from) },
  schedule: { values: count(10, (index) => ({ kind: 'cosine', start: index / 20 })) },
  inputScale: { values: count(10, (index) => (index + 1) / 10) },
});

/** 100 schedules x 100 scales x `rates` learning rates: a training run for each cell. */
const trainingAxes = (rates: number) => ({
  schedule: { values: count(100, (index) => ({ kind: 'cosine', start: index / 200 })) },
  inputScale: { values: count(100, (index) => (index + 1) / 100) },
  learningRate: { values: count(rates, (index) => (index + 1) / 1000) },
});

/** Entries of three parameters that drop all but ten cells of `samplingGrid`. */
const entries = (length: number) => count(length, (index) => ({
  steps: (index % 100) + 2,
  inputScale: ((Math.floor(index / 100) % 10) + 1) / 10,
  schedule: { kind: 'cosine', start: Math.floor(index / 1000) / 20 },
}));

const sweeps = {
  '10,000 cells, 100 training runs': { parameters: samplingGrid(10) },
  '100,000 cells, 100 training runs': { parameters: samplingGrid(100) },
  '10,000 cells, a training run each': { parameters: trainingAxes(1) },
  '100,000 cells, a training run each': { parameters: trainingAxes(10) },
  '100,000 cells, where of two parameters': { parameters: samplingGrid(100), where: "sampler.kind != 'heun' || steps <= 5" },
  '100,000 cells, where of four parameters': { parameters: samplingGrid(100), where: "sampler.eta < 0.5 && steps > 3 && schedule.start < 0.3 && inputScale > 0.05" },
  '100,000 cells, 1,000 excludes': { parameters: samplingGrid(100), exclude: entries(1000) },
  '100,000 cells, 9,999 excludes': { parameters: samplingGrid(100), exclude: entries(9999) },
};

export type LargeSweep = keyof typeof sweeps;

export const largeSweeps = Object.keys(sweeps) as LargeSweep[];

/** The sweep as a document that parseSpec reads. */
export const documentOf = (sweep: LargeSweep): object => ({ name: 'bench', dataset: { name: 'fashion-mnist' }, ...sweeps[sweep] });
