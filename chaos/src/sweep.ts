/** What a client posts. */
export type SweepFile = Readonly<Record<string, unknown>>;

const samplers = [{ kind: 'ddim' }, { kind: 'heun' }];
const steps = [2, 3];

/** Part of the sweep: clients that submit parts share their stages. */
export interface Part {
  samplers?: readonly object[];
  steps?: readonly number[];
}

/**
 * The sweep that is attacked: two real training runs of some seconds with checkpoints, each sampled in four ways, and their scores; 27 stages.
 * Pixels are drawn from a normal distribution, so nothing is downloaded; the seed of the suite decides the seeds of training and sampling.
 */
export const attackedSweep = (seed: number, part: Part = {}): SweepFile => ({
  name: `chaos ${seed}`,
  dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 },
  parameters: { schedule: { value: { kind: 'linear' } }, sampler: { values: part.samplers ?? samplers }, steps: { values: part.steps ?? steps } },
  seeds: { train: [2 * seed + 1, 2 * seed + 2], sample: [seed + 1] },
  train: { network: { channels: [8], blocks: 1, groups: 4 }, images: 3000, batch: 16, learningRate: 0.001 },
  evaluate: { samples: 64, metrics: ['fid'] },
});

/** Four parts that overlap, for several clients. */
export const overlappingParts: readonly Part[] = [
  {}, { samplers: samplers.slice(0, 1) }, { steps: steps.slice(0, 1) }, { samplers: samplers.slice(1), steps: steps.slice(1) },
];

/** Stages that compute almost nothing: one network in closed form, sampled and scored in `trials` ways, an even number up to 2000; three stages a trial. */
export const quickSweep = (seed: number, trials: number): SweepFile => ({
  name: `chaos, quick stages ${seed}`,
  dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 2 },
  parameters: { parameterisation: { value: 'edm' }, sampler: { value: { kind: 'euler' } }, steps: { values: [2, 3] } },
  seeds: { train: [seed + 1], sample: Array.from({ length: trials / 2 }, (_, index) => 1000 * seed + index) },
  train: { network: 'exact', images: 0 },
  evaluate: { samples: 16, metrics: ['fid'] },
});
