import { parseSpec } from '../parse-spec.js';
import { planSweep } from '../plan.js';
import { readText } from '../spec-text.js';
import { convertWandb, isWandb, type ConvertedSweep } from './convert.js';

const convert = (text: string): ConvertedSweep => convertWandb(readText(text).value as Parameters<typeof convertWandb>[0]);

const wandb = `
program: train.py
project: diffusion
name: schedules
method: grid
metric: { name: eval/fid, goal: minimize, target: 10 }
early_terminate: { type: hyperband, min_iter: 3 }
parameters:
  dataset: { value: { name: fashion-mnist, resolution: 16 } }
  noise_schedule: { values: [linear, cosine] }
  input_scale: { min: 0.5, max: 1.25, distribution: q_uniform, q: 0.25 }
  num_inference_steps: { distribution: categorical, values: [5, 10] }
  sampler: { parameters: { kind: { value: ddim }, eta: { values: [0, 1] } } }
  lr: { value: 0.004 }
  batch_size: { value: 32 }
  train.images: { distribution: constant, value: 1000 }
  samples: { value: 64 }
  seed: { values: [1, 2, 3] }
  network: { value: tiny }
`;

const ours = `
name: schedules
dataset: { name: fashion-mnist, resolution: 16 }
parameters:
  schedule: { values: [linear, cosine] }
  inputScale: { values: [0.5, 0.75, 1] }
  steps: { values: [5, 10] }
  sampler: { values: [{ kind: ddim, eta: 0 }, { kind: ddim, eta: 1 }] }
  learningRate: { value: 0.004 }
  network: { value: tiny }
seeds: { train: [1, 2, 3] }
train: { images: 1000, batch: 32 }
evaluate: { samples: 64, metrics: [fid] }
`;

test('a W&B sweep plans the same stages as the sweep file that it means, and says what it goes without', () => {
  const { spec, dropped, problems } = convert(wandb);
  expect(problems).toEqual([]);
  expect(planSweep(parseSpec(spec)).stages.map(({ id }) => id)).toEqual(planSweep(parseSpec(ours)).stages.map(({ id }) => id));
  expect(dropped.map(({ path }) => path).sort()).toEqual(['early_terminate', 'metric.target', 'program', 'project']);
});

test('a random search draws as many cells as run_cap says, from the distributions', () => {
  const { spec, problems } = convert(`
    method: random
    run_cap: 7
    parameters:
      dataset: { value: fashion-mnist }
      input_scale: { distribution: uniform, min: 0.2, max: 2 }
      lr: { distribution: log_uniform_values, min: 0.0001, max: 0.01 }
      dropout: { distribution: log_uniform, min: -3, max: -1 }
      steps: { min: 5, max: 50 }`);
  expect(problems).toEqual([]);
  expect(spec['parameters']).toEqual({
    inputScale: { distribution: { kind: 'uniform', min: 0.2, max: 2 } }, learningRate: { distribution: { kind: 'log-uniform', min: 0.0001, max: 0.01 } },
    dropout: { distribution: { kind: 'log-uniform', min: Math.exp(-3), max: Math.exp(-1) } }, steps: { distribution: { kind: 'integers', min: 5, max: 50 } },
  });
  expect(planSweep(parseSpec(spec)).cells).toHaveLength(7);
});

test.each<[string, string, string, RegExp]>([
  ['Bayesian search', 'method: bayes\nparameters: { steps: { value: 5 } }', 'method', /^grid or random: which cells run is decided before/],
  ['a random search without an end', 'method: random\nparameters: { steps: { values: [5, 10] } }', 'run_cap', /^how many cells/],
  ['a grid cut off', 'method: grid\nrun_cap: 3\nparameters: { steps: { values: [5, 10] } }', 'run_cap', /^none with method: grid/],
  ['a range in a grid', 'method: grid\nparameters: { lr: { min: 0.001, max: 0.1 } }', 'parameters.lr', /^`values`: a grid has no values of a continuous range/],
  ['a distribution that nothing here draws from', 'method: random\nrun_cap: 3\nparameters: { lr: { distribution: normal, mu: 0, sigma: 1 } }', 'parameters.lr', /^another distribution than "normal"/],
  ['weighted choices', 'method: random\nrun_cap: 3\nparameters: { steps: { values: [5, 10], probabilities: [0.9, 0.1] } }', 'parameters.steps', /^no `probabilities`/],
  ['a parameter of a program', 'method: grid\nparameters: { hidden_layers: { values: [1, 2] } }', 'parameters.hidden_layers', /no program of yours reads it/],
  ['a setting that varies', 'method: grid\nparameters: { batch_size: { values: [16, 32] } }', 'parameters.batch_size', /^one value: train.batch is the same for all cells/],
  ['a metric that is not computed', 'method: grid\nmetric: { name: val_loss, goal: minimize }\nparameters: { steps: { value: 5 } }', 'metric.name', /^one of fid/],
  ['a goal that is the wrong way round', 'method: grid\nmetric: { name: fid, goal: maximize }\nparameters: { steps: { value: 5 } }', 'metric.goal', /^minimize, for fid/],
  ['an endless range', 'method: grid\nparameters: { steps: { min: 1, max: 100000 } }', 'parameters.steps', /^`values`, at most 1000 of them: the range has 100000/],
  ['an empty entry', 'method: grid\nparameters: { steps: {} }', 'parameters.steps', /^`value`, `values`, or/],
])('%s does not map, and the reason is given', (_, text, path, expected) => {
  expect(convert(text).problems).toEqual([expect.objectContaining({ path, expected: expect.stringMatching(expected) as string })]);
});

test('what varies of train is the parameter of that name, and every place of the sweep file is known by that of the W&B file', () => {
  const { spec, problems, writtenAt } = convert('method: random\nrun_cap: 3\nmetric: { name: eval/kid }\nparameters: { train.learningRate: { values: [0.001, 0.002] }, batch_size: { value: 32 }, noise_schedule: { values: [linear, cosine] } }');
  expect([problems, spec['parameters']]).toEqual([[], { learningRate: { values: [0.001, 0.002] }, schedule: { values: ['linear', 'cosine'] } }]);
  expect(['parameters.learningRate.values[1]', 'train.batch', 'parameters.schedule', 'evaluate.metrics[0]', 'method.cells', 'method', 'dataset'].map(writtenAt)).toEqual(
    ['parameters.train.learningRate.values[1]', 'parameters.batch_size', 'parameters.noise_schedule', 'metric.name[0]', 'run_cap', 'method', 'dataset']);
});

test('all that does not map is listed at once, with the nearest name', () => {
  const { problems } = convert('method: bayes\nparameters: { inputscale: { values: [1, 2] }, shedule: { value: cosine }, lr: { distribution: beta } }');
  expect(problems.map(({ path, nearest }) => [path, nearest])).toEqual([['method', undefined], ['parameters.inputscale', 'inputScale'], ['parameters.shedule', 'schedule'], ['parameters.lr', undefined]]);
});

test.each<[string, string, boolean]>([
  ["W&B's", wandb, true], ["W&B's without a method", 'program: a.py\nparameters: { x: { value: 1 } }', true],
  ['our own', ours, false], ['our own with a method', `${ours}\nmethod: { kind: grid }`, false], ['our own, the data set forgotten', 'name: x\nparameters: { steps: { value: 1 } }', false], ['a list', '[1]', false],
])('a file is recognised: %s', (_, text, is) => {
  expect(isWandb(readText(text).value)).toBe(is);
});
