import { labelOf } from './labels.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { archivesOf, programsIn } from './programs-in.js';

const contents = 'a1'.repeat(32);
const program = { kind: 'program', contents, command: ['python3', '-u', 'train.py'] };
const predicted = { values: ['known', 'predicted'] };
const noProgram = "!has(network.kind) || network.kind != 'program'";

const specOf = (parameters: object, rest: object = {}) => parseSpec({ name: 'own', dataset: 'fashion-mnist', parameters: { network: { values: ['tiny', program] }, ...parameters }, ...rest });
const problemsOf = (...args: Parameters<typeof specOf>): { path: string; expected: string }[] => {
  try {
    specOf(...args);
    return [];
  } catch (error) {
    return (error as { problems: { path: string; expected: string }[] }).problems;
  }
};

it('is one more value of the network axis: other cells keep the stages that they have without it', () => {
  const [mixed, alone] = [planSweep(specOf({ sampler: { values: ['ddim', 'heun'] } })), planSweep(specOf({ sampler: { values: ['ddim', 'heun'] }, network: { value: 'tiny' } }))];
  const ids = new Set(mixed.stages.map(({ id }) => id));
  expect(alone.stages.every(({ id }) => ids.has(id))).toBe(true);
  const kinds = (stages: typeof mixed.stages) => stages.map(({ kind }) => kind).sort();
  // of extractor and reference there is one
  expect(kinds(mixed.stages.filter(({ id }) => !alone.stages.some((stage) => stage.id === id)))).toEqual(['embed', 'embed', 'sample', 'sample', 'score', 'score', 'train']);
});

it('is another network with another folder, command or setting', () => {
  const others = [{ ...program, contents: 'b2'.repeat(32) }, { ...program, command: ['python3', 'train.py'] }, { ...program, settings: { width: 64 } }, { ...program, settings: { width: 64, fast: true } }];
  const { stages } = planSweep(specOf({ network: { values: [program, ...others] } }));
  expect(stages.filter(({ kind }) => kind === 'train')).toHaveLength(5);
  expect(problemsOf({ network: { values: [program, { ...program, settings: {} }] } })).toMatchObject([{ path: 'parameters.network.values[1]' }]);
});

it.each<[string, object, string, RegExp]>([
  ['predicted noise levels', { noiseLevel: predicted }, 'parameters.noiseLevel', /level of each evaluation written in it/],
  ['autoguidance', { guidance: { value: { kind: 'autoguidance', scale: 2, images: 1000 } } }, 'parameters.guidance', /two networks in one process/],
  ['a learned loss weight', { lossWeight: { value: 'learned' } }, 'parameters.lossWeight', /a weight written in each row/],
  ['noise that is assigned', { noisePairing: { value: 'immiscible' } }, 'parameters.noisePairing', /draws its noise itself/],
  ['the augmentation edm', { augmentation: { value: 'edm' } }, 'parameters.augmentation', /not given the transformation/],
])('refuses %s by name, with what drops such cells', (_, parameters, path, expected) => {
  const [problem] = problemsOf(parameters);
  expect(problem).toMatchObject({ path, expected: expect.stringMatching(expected) as string });
  const where = /where: "(.*)"$/.exec(problem!.expected)![1]!;
  expect(problemsOf(parameters, { where })).toEqual([]);
  expect(where).toContain(noProgram);
});

it('refuses a program as a guide, and x0-hat of every step', () => {
  expect(problemsOf({ network: { value: 'tiny' }, guidance: { value: { kind: 'autoguidance', scale: 2, network: program } } })).toMatchObject([{ path: 'parameters.guidance' }]);
  expect(problemsOf({}, { evaluate: { trajectory: true } })).toMatchObject([{ path: 'evaluate.trajectory', expected: expect.stringMatching(/parameters\.network\.values\[1\]/) as string }]);
});

it('takes classes, classifier-free guidance, flips, dropout and every normalisation', () => {
  expect(problemsOf({ classCondition: { value: 'label' }, guidance: { values: ['none', { kind: 'classifier-free', scale: 2 }] }, augmentation: { value: 'flips' }, dropout: { value: 0.1 }, normalisation: { values: ['none', 'per-sample'] } })).toEqual([]);
});

it.each<[string, object, string, RegExp]>([
  ['a key that is misspelt', { ...program, comand: [] }, 'parameters.network.values[0].comand', /keys kind, contents, command or settings/],
  ['a kind that is', { ...program, kind: 'progam' }, 'parameters.network.values[0].kind', /exact or program/],
  ['contents that are no hash', { ...program, contents: 'mine' }, 'parameters.network.values[0].contents', /program add FOLDER/],
  ['no command', { ...program, command: [] }, 'parameters.network.values[0].command', /at least 1/],
  ['a setting that is a list', { ...program, settings: { a: [1] } }, 'parameters.network.values[0].settings.a', /./],
])('names %s', (_, network, path, expected) => {
  expect(problemsOf({ network: { values: [network] } })).toMatchObject([{ path, expected: expect.stringMatching(expected) as string }]);
});

it('is called by the file that it runs, its folder and its settings', () => {
  expect(labelOf('network', { ...program, settings: { width: 64, bf16: true } })).toBe('program(train.py a1a1a1a1, bf16 true, width 64)');
  expect(labelOf('network', { ...program, command: ['./run'], settings: {} })).toBe('program(./run a1a1a1a1)');
});

it('is found wherever a sweep may name it, and in the params of its stages', () => {
  const included = { ...program, contents: 'c3'.repeat(32) };
  expect(programsIn(specOf({}, { include: [{ network: included }] }))).toEqual([contents, included.contents]);
  expect(programsIn(specOf({ network: { value: 'tiny' } }))).toEqual([]);
  const { stages } = planSweep(specOf({}));
  expect(stages.filter(({ params }) => Object.keys(archivesOf(params)).length > 0).map(({ kind, params }) => [kind, archivesOf(params)])).toEqual([['train', { program: { program: contents } }]]);
});

it('may be the extractor of features: of real images once, whatever the network, and never mixed with another in a ranking', () => {
  const extractor = { kind: 'program', contents: 'd4'.repeat(32), command: ['python3', 'embed.py'] };
  const { stages } = planSweep(specOf({ network: { value: 'tiny' }, sampler: { values: ['ddim', 'heun'] } }, { evaluate: { extractor } }));
  const withArchive = stages.filter(({ params }) => Object.keys(archivesOf(params)).length > 0);
  expect(withArchive.map(({ kind, params }) => [kind, archivesOf(params)])).toEqual([['extractor', { program: { program: extractor.contents } }]]);
  expect(stages.filter(({ inputs }) => inputs['extractor'] === withArchive[0]!.id).map(({ kind }) => kind).sort()).toEqual(['embed', 'embed', 'reference']);
  expect(planSweep(specOf({ network: { value: 'tiny' } }, { dataset: 'gaussian', evaluate: { extractor } })).stages).toHaveLength(6);
});
