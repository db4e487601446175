import { samplerSchema } from './sampling-grammar.js';
import { namedSpecSchema, specJsonSchema } from './json-schema.js';
import type { JsonSchema } from './schema-options.js';
import { parameterNames } from './parameters.js';

describe('specJsonSchema', () => {
  const schema = specJsonSchema();

  it('is a draft 2020-12 schema of the sweep file, not of the resolved spec', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.required).toEqual(['name', 'dataset']);
    expect(schema.additionalProperties).toBe(false);
  });

  it('accepts every parameter as value or values, and lists the kinds of each', () => {
    const parameters = schema.properties?.parameters?.properties ?? {};
    expect(Object.keys(parameters)).toEqual(parameterNames);
    expect(Object.keys(parameters.steps?.properties ?? {})).toEqual(['value', 'values', 'distribution']);
    expect(parameters.sampler?.properties?.value?.oneOf?.map((option) => option.properties?.kind?.const)).toEqual(samplerSchema.options.map((option) => option.shape.kind.value));
  });
});

describe('namedSpecSchema', () => {
  const { $defs, ...spec } = namedSpecSchema();

  /** Every reference replaced by its target, names removed. */
  function writtenOut(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(writtenOut);
    if (node === null || typeof node !== 'object') return node;
    const { $ref, ...rest } = node as JsonSchema & { $ref?: string };
    const target = $ref === undefined ? {} : (writtenOut($defs[$ref.replace('#/$defs/', '')]) as object);
    const said = Object.entries(rest).filter(([key]) => key !== 'id');
    return { ...target, ...Object.fromEntries(said.map(([key, value]) => [key, writtenOut(value)])) };
  }

  /** Without the words that stand for records of their kind. */
  function withoutShorthand(node: unknown): unknown {
    if (Array.isArray(node)) return node.filter((member) => !String((member as JsonSchema | null)?.['description']).startsWith('short for {')).map(withoutShorthand);
    return node === null || typeof node !== 'object' ? node : Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withoutShorthand(value)]));
  }

  /** Without what words mean. */
  const withoutHelp = (node: unknown): unknown => JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'description' && typeof value === 'string' ? undefined : value)));

  it('is equivalent to the schema without names, but for the bare words that stand for records, and what words mean', () => {
    expect(withoutHelp(withoutShorthand(writtenOut(spec)))).toEqual(withoutHelp(specJsonSchema()));
    expect(JSON.stringify($defs)).toContain('short for { name: ... }');
  });

  it('says what every key, parameter and sampler means, and what another value of a parameter costs', () => {
    const { parameters, train, ...keys } = spec.properties!;
    const said = ({ description }: JsonSchema): unknown => description;
    expect([...Object.values(keys), ...Object.values(parameters!.properties!), ...Object.values(train!.properties!), ...$defs['Sampler']!.oneOf!].map(said).filter((text) => typeof text !== 'string')).toEqual([]);
    expect([parameters!.properties!['steps'], parameters!.properties!['schedule']].map((axis) => /costs .*$/.exec(String(said(axis!)))![0])).toEqual(['costs no training.', 'costs another training run.']);
  });

  it('names every parameter, and is a third as long', () => {
    expect(Object.keys($defs)).toEqual(expect.arrayContaining(parameterNames.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`)));
    expect(JSON.stringify({ $defs, spec }).length).toBeLessThan(JSON.stringify(specJsonSchema()).length / 3);
  });
});
