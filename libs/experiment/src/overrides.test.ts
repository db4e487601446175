import type { Problem } from './errors.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';

const file = `name: a
dataset: { name: fashion-mnist, resolution: 16 }
parameters:
  steps: { values: [5, 10] }
where: "steps > 1"
train: { network: tiny, images: 1000 }
profiles: { small: { train: { images: 100 } } }
`;

test.each<[string, string[], (spec: ReturnType<typeof parseSpec>) => unknown, unknown]>([
  ['a value', ['train.images=20000'], ({ train }) => train.images, 20_000],
  ['a value within a record that the file lacks', ['evaluate.samples=64'], ({ evaluate }) => evaluate.samples, 64],
  ['a parameter, to one value', ['steps=7'], ({ parameters }) => parameters.steps.values, [7]],
  ['a parameter, to several', ['steps=7,9'], ({ parameters }) => parameters.steps.values, [7, 9]],
  ['a parameter by its whole path', ['parameters.steps.values=[7, 9]'], ({ parameters }) => parameters.steps.values, [7, 9]],
  ['a parameter as a record', ['parameters.steps={values: [7, 9]}'], ({ parameters }) => parameters.steps.values, [7, 9]],
  ['a kind, short', ['sampler=heun'], ({ parameters }) => parameters.sampler.values.map(({ kind }) => kind), ['heun']],
  ['a kind with its values', ['sampler={kind: ddim, eta: 1}, lms'], ({ parameters }) => parameters.sampler.values.map(({ kind }) => kind), ['ddim', 'lms']],
  ['a list', ['seeds.train=1,2,3'], ({ seeds }) => seeds.train, [1, 2, 3]],
  ['a list of one', ['seeds.train=[4]'], ({ seeds }) => seeds.train, [4]],
  ['a key, away', ['where=null'], ({ where }) => where, undefined],
  ['the last of two', ['steps=7', 'steps=8'], ({ parameters }) => parameters.steps.values, [8]],
])('an override sets %s', (_, overrides, read, expected) => {
  expect(read(parseSpec(file, { overrides }))).toEqual(expected);
});

test('overrides come after the profile, are recorded, and change no stage beyond what they say', () => {
  const spec = parseSpec(file, { profile: 'small', overrides: ['train.images=300'] });
  expect(spec).toMatchObject({ profile: 'small', overrides: ['train.images=300'], train: { images: 300 } });
  const ids = (text: string, options = {}) => planSweep(parseSpec(text, options)).stages.map(({ id }) => id);
  expect(ids(file, { overrides: ['train.images=300'] })).toEqual(ids(file.replace('images: 1000', 'images: 300')));
  // what is read again, as an API does, keeps them
  expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

const problemsOf = (text: string, overrides: string[] = []) => { try { parseSpec(text, { overrides }); return []; } catch (error) { return (error as { problems: Problem[] }).problems.map(({ path, value, expected, nearest }) => ({ path, value, expected, nearest })); } };

test.each([
  ['a value out of range', 'train.images=-5', file.replace('images: 1000', 'images: -5')],
  ['a key that does not exist', 'train.image=5', file.replace('images: 1000', 'images: 1000, image: 5')],
  ['a kind that does not exist', 'sampler=huen', file.replace('  steps', '  sampler: { value: huen }\n  steps')],
])('%s is refused with the words that the file would get', (_, override, written) => {
  expect(problemsOf(file, [override])).toEqual(problemsOf(written));
  expect(problemsOf(file, [override])).toHaveLength(1);
});

test('what an override set is not said to be in a line of the file', () => {
  expect(() => parseSpec(file, { overrides: ['train.images=-5'] })).toThrow(/train\.images is -5/);
});

test.each(['train.images', '=5', 'train..images=5', 'steps=[5', 'steps='])('--set %s is refused with an example', (override) => {
  expect(() => parseSpec(file, { overrides: [override] })).toThrow(/--set train\.images=20000/);
});
