import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { JsonSchema } from '@elucidate/experiment/schema-options';
import { parseDocument } from 'yaml';
import { completionsAt } from './complete.js';
import { explainAt } from './explain.js';
import { specGrammar } from './grammar.js';
import { mistakesIn } from './mistakes.js';
import { profileChange, profilesIn } from './profiles.js';

const root = join(__dirname, '../../../..');
const { components } = JSON.parse(readFileSync(join(root, 'apps/api/openapi.json'), 'utf8')) as { components: { schemas: Record<string, JsonSchema> } };
const grammar = specGrammar(components.schemas);
const quickstart = readFileSync(join(root, 'examples/quickstart.yaml'), 'utf8');

/** A text with its cursor at '|'. */
function offered(marked: string): string[] {
  const offset = marked.indexOf('|');
  return completionsAt(grammar, marked.replace('|', ''), offset)?.options.map(({ label }) => label) ?? [];
}

const kindsOf = (part: string): string[] => components.schemas[part]!.oneOf!.flatMap(({ properties }) => (properties?.['kind'] === undefined ? [] : [String(properties['kind'].const)]));

describe('completion offers what the grammar has there', () => {
  test.each([
    ['keys of the file, without those that it has', 'name: x\n|\ndataset: mnist\n', ['parameters', 'seeds', 'train'], ['name', 'dataset']],
    ['parameters, in a line of their own', 'name: x\nparameters:\n  |\n', ['sampler', 'steps', 'schedule'], ['name']],
    ['and between others', 'name: x\nparameters:\n  steps: { values: [5] }\n  sam|\ntrain: { images: 5 }\n', ['sampler', 'schedule'], ['steps']],
    ['how a parameter is given', 'parameters: { sampler: { | } }', ['value', 'values', 'distribution'], []],
    ['kinds as bare words', 'parameters: { sampler: { values: [ddim, |] } }', kindsOf('Sampler'), ['kind']],
    ['keys of a record of a kind that is known', 'parameters: { sampler: { values: [{ kind: ddim, | }] } }', ['eta', 'noiseFrom', 'quietBelow'], ['kind', 'order', 'sChurn']],
    ['kinds behind kind', 'parameters: { schedule: { value: { kind: co| } } }', kindsOf('Schedule'), []],
    ['words of a list', 'evaluate: { metrics: [fid, |] }', ['kid'], []],
    ['true and false', 'evaluate: { trajectory: | }', ['true', 'false'], []],
    ['keys of a profile as of the file', 'profiles:\n  small:\n    |\n', ['train', 'evaluate', 'parameters'], []],
    ['the names of the profiles', 'profile: |\nprofiles: { small: {}, large: {} }\n', ['small', 'large'], []],
    ['nothing in a comment', '# |\nname: x\n', [], ['name']],
    ['nothing in a text of its own', 'name: my sweep |\n', [], ['name']],
  ])('%s', (_, text, some, none) => {
    const found = offered(text);
    expect(found).toEqual(expect.arrayContaining(some));
    expect(found.filter((label) => none.includes(label))).toEqual([]);
  });

  test('wherever the cursor is in a file that is being written, without an error', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: quickstart.length }), fc.constantFrom('', '{', '[', ': ', '- ', '"', '|', '&a', '*b'), (at, typed) => {
      const text = quickstart.slice(0, at) + typed + quickstart.slice(at);
      completionsAt(grammar, text, at + typed.length);
      explainAt(grammar, text, at);
      mistakesIn(text, [{ path: 'parameters.steps.values[1]', value: '-1', expected: 'more', line: 3 }]).forEach(({ from, to }) => expect([from <= to, to <= text.length]).toEqual([true, true]));
    }), { seed: 16, numRuns: 60 });
  });
});

test('every key of the example is explained, and so are its kinds', () => {
  const text = quickstart.replace(/^ *(#|description:).*$/gm, '');
  const explained = (word: string): ReturnType<typeof explainAt> => explainAt(grammar, text, text.search(new RegExp(`\\b${word}\\b`)));
  expect(['parameters', 'inputScale', 'steps', 'samples', 'heun', 'karras'].map((word) => explained(word)?.title)).toEqual(['parameters', 'inputScale', 'steps', 'samples', 'heun', 'karras']);
  expect(explained('heun')!.lines[0]).toContain('EDM, Alg. 2');
  expect(explained('samples')!.lines.join(' ')).toMatch(/a whole number, at least 8, at most 50000.*By default 2048/);
  expect(explainAt(grammar, quickstart, quickstart.indexOf('# A first'))).toBeUndefined();
});

test('a mistake is marked at the value that its path names, in the profile in use, or in its line; text that is not YAML where it is not', () => {
  const text = 'name: a\nparameters:\n  sampler: { values: [ddim, huen] }\ntrain: { images: 5 }\nprofiles:\n  small: { train: { images: -1 } }\n';
  const marked = (path: string, line?: number, profile?: string): string[] => mistakesIn(text, [{ path, value: '1', expected: '2', line }], profile).map(({ from, to, line: at }) => `${at} ${text.slice(from, to)}`);
  expect(marked('parameters.sampler.values[1]', 3)).toEqual(['3 huen']);
  expect(marked('train.images', 6, 'small')).toEqual(['6 images']);
  expect(marked('train.images', 4, undefined)).toEqual(['4 images']);
  expect(marked('where', 2)).toEqual(['2 parameters:']);
  expect(marked('dataset')).toEqual(['1 name: a']);
  expect(mistakesIn('name: a\ntrain: { images: [5 }\n', []).map(({ line }) => line)).toContain(2);
});

test('choosing a profile writes its line, another one replaces it, none removes it', () => {
  const applied = (text: string, name: string | undefined): string => {
    const change = profileChange(text, name)!;
    return text.slice(0, change.from) + change.insert + text.slice(change.to);
  };
  expect(profilesIn(quickstart)).toEqual({ names: ['quick'], used: undefined });
  const quick = applied(quickstart, 'quick');
  expect(profilesIn(quick)).toEqual({ names: ['quick'], used: 'quick' });
  expect(parseDocument(quick).toJS()).toEqual({ ...parseDocument(quickstart).toJS() as object, profile: 'quick' });
  expect(profilesIn(applied(quick, 'a "b": c'))).toMatchObject({ used: 'a "b": c' });
  expect(applied(quick, undefined)).toBe(quickstart);
  expect(profileChange('{ name: a, profiles: { b: {} } }', 'b')).toBeUndefined();
});
