import { parse } from 'yaml';
import { planSweep } from './plan.js';
import { parseSpec } from './parse-spec.js';

const stageIds = (text: string, options = {}) => planSweep(parseSpec(text, options)).stages.map(({ id }) => id);

const full = `
name: a
dataset: { name: fashion-mnist }
parameters:
  schedule: { values: [{ kind: linear }, { kind: cosine }] }
  sampler: { values: [{ kind: ddim }, { kind: heun }] }
  augmentation: { value: { kind: flips } }
include: [{ sampler: { kind: lms }, noiseLevel: { kind: known } }]
exclude: [{ sampler: { kind: heun }, schedule: { kind: linear } }]
train: { network: tiny, images: 1280, optimiser: { kind: adam }, learningRatePlan: { kind: one-cycle } }
evaluate: { extractor: { kind: random } }
`;
const short = `
name: a
dataset: fashion-mnist
parameters:
  schedule: { values: [linear, cosine] }
  sampler: { values: [ddim, heun] }
  augmentation: { value: flips }
include: [{ sampler: lms, noiseLevel: known }]
exclude: [{ sampler: heun, schedule: linear }]
train: { network: tiny, images: 1280, optimiser: adam, learningRatePlan: one-cycle }
evaluate: { extractor: random }
`;

test('a bare kind, wherever a kind may stand, and the bare name of a data set give the same sweep and the same stages as in full', () => {
  expect(parseSpec(short)).toEqual(parseSpec(full));
  expect(stageIds(short)).toEqual(stageIds(full));
  expect(parseSpec(parse(short))).toEqual(parseSpec(full));
});

test('a profile may change what is written short, and may itself be short', () => {
  const profiled = `${short.replace('exclude', '#')}profiles: { small: { dataset: { resolution: 16 }, parameters: { sampler: { value: lms } } } }\n`;
  const written = `${full.replace('exclude', '#')}profiles: { small: { dataset: { name: fashion-mnist, resolution: 16 }, parameters: { sampler: { value: { kind: lms } } } } }\n`;
  expect(stageIds(profiled, { profile: 'small' })).toEqual(stageIds(written, { profile: 'small' }));
});

test('a word that stands for itself stays: a network, a metric', () => {
  const { parameters, evaluate } = parseSpec(`${short.replace('extractor: random', 'metrics: [kid]')}`);
  expect(parameters.network.values).toEqual(parseSpec(full).parameters.network.values);
  expect(evaluate.metrics).toEqual(['kid']);
});

test.each([
  ['a kind that does not exist', 'parameters: { sampler: { values: [ddim, huen] } }', 'parameters.sampler.values[1]', '{kind: heun}'],
  ['a data set that does not exist', 'dataset: fashion-mnits', 'dataset', '{name: fashion-mnist}'],
])('%s is refused with the nearest', (_, line, path, nearest) => {
  expect(() => parseSpec(`name: a\n${line.startsWith('dataset') ? '' : 'dataset: mnist\n'}${line}\n`)).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path, nearest })] }) as Error);
});

test('a kind with values that it cannot do without is refused as in full', () => {
  const problems = (text: string) => { try { parseSpec(text); return []; } catch (error) { return (error as { problems: unknown[] }).problems; } };
  expect(problems('name: a\ndataset: folder\n')).toEqual(problems('name: a\ndataset: { name: folder }\n'));
});
