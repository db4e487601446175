import { samplerSchema } from './sampling-grammar.js';
import { specJsonSchema } from './json-schema.js';
import { parameterNames } from './parameters.js';

describe('specJsonSchema', () => {
  const schema = specJsonSchema();

  it('is a draft 2020-12 schema of what may be written, not of what is resolved', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.required).toEqual(['name', 'dataset']);
    expect(schema.additionalProperties).toBe(false);
  });

  it('offers every parameter as value or values, and the kinds of each', () => {
    const parameters = schema.properties?.parameters?.properties ?? {};
    expect(Object.keys(parameters)).toEqual(parameterNames);
    expect(Object.keys(parameters.steps?.properties ?? {})).toEqual(['value', 'values']);
    expect(parameters.sampler?.properties?.value?.oneOf?.map((option) => option.properties?.kind?.const)).toEqual(samplerSchema.options.map((option) => option.shape.kind.value));
  });
});
