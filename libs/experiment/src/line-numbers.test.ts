import { parseSpec } from './parse-spec.js';

const linesOf = (text: string, options = {}) => {
  try {
    parseSpec(text, options);
    return {};
  } catch (error) {
    return Object.fromEntries((error as { problems: { path: string; line?: number }[] }).problems.map(({ path, line }) => [path, line]));
  }
};

test('each mistake is said to be where it is written: a value, an entry of a list, an unknown key, a missing one by what it is missing in', () => {
  expect(linesOf(`name: a
dataset: { name: fashion-mnist }
parameters:
  sampler:
    values:
      - ddim
      - { kind: lms, order: 9 }
  steps:
    value: -1
train:
  images: 10
  image: 5
include:
  - { sampler: { eta: 1 } }
`)).toEqual({ 'parameters.sampler.values[1].order': 7, 'parameters.steps.value': 9, 'train.image': 12, 'include[0].sampler.kind': 14 });
});

test('in a profile, it is the line of the profile; behind an alias, that of what it stands for', () => {
  expect(linesOf('name: a\ndataset: mnist\nparameters: { steps: { value: 3 } }\nprofiles:\n  small:\n    parameters:\n      steps: { value: -1 }\n', { profile: 'small' })).toEqual({ 'parameters.steps.value': 7 });
  expect(linesOf('name: a\ndataset: mnist\ntrain: &t\n  images: -1\nnoiseLevelEstimator: *t\n')).toMatchObject({ 'train.images': 4, 'noiseLevelEstimator.images': 4 });
});

test('JSON has lines too, and a document that is no text has none', () => {
  expect(linesOf('{\n  "name": "a",\n  "dataset": "mnist",\n  "train": { "images": -1 }\n}')).toEqual({ 'train.images': 4 });
  expect(() => parseSpec({ name: 'a', dataset: 'mnist', train: { images: -1 } })).toThrow(/train\.images is -1/);
  expect(() => parseSpec('name: a\ndataset: mnist\ntrain: { images: -1 }')).toThrow(/train\.images \(line 3\) is -1/);
});

test('a merge key merges the record that it names', () => {
  const { train, noiseLevelEstimator } = parseSpec('name: a\ndataset: mnist\ntrain: &base { images: 640, batch: 32 }\nnoiseLevelEstimator: { <<: *base, batch: 64 }\n');
  expect([train.images, noiseLevelEstimator.images, noiseLevelEstimator.batch]).toEqual([640, 640, 64]);
});
