import { withProfile } from './profiles.js';
import { least } from './spec.fixture.js';
import { parseSpec } from './parse-spec.js';

const written = {
  ...least,
  parameters: { steps: { values: [50, 100] }, sampler: { value: { kind: 'heun' } } },
  train: { network: 'base', images: 600_000 },
  profiles: { small: { dataset: { resolution: 16 }, parameters: { steps: { value: 10 } }, train: { images: 1000 } } },
};

describe('a profile', () => {
  it('changes what it names and nothing else', () => {
    const [full, small] = [parseSpec(written), parseSpec(written, { profile: 'small' })];
    expect(full).toMatchObject({ dataset: { resolution: 32 }, train: { images: 600_000 }, parameters: { steps: { values: [50, 100] } } });
    expect(small).toMatchObject({ profile: 'small', dataset: { name: 'fashion-mnist', resolution: 16 }, train: { images: 1000 }, parameters: { steps: { values: [10] } } });
    expect(small.train.network).toEqual(full.train.network);
    expect(small.parameters.sampler).toEqual(full.parameters.sampler);
  });

  it('can be named in the file and by the caller, who takes precedence', () => {
    const two = { ...written, profile: 'small', profiles: { ...written.profiles, large: { train: { images: 9_000_000 } } } };
    expect(parseSpec(two).train.images).toBe(1000);
    expect(parseSpec(two, { profile: 'large' }).train.images).toBe(9_000_000);
  });

  it.each([['profiles', { smaller: { train: { images: 500 } } }], ['profile', 'smaller']])('may not contain %s, selected or not', (key, value) => {
    const nested = { ...written, profiles: { small: { ...written.profiles.small, [key]: value } } };
    for (const profile of ['small', undefined]) {
      expect(withProfile(nested, profile).problems).toMatchObject([{ path: `profiles.small.${key}`, expected: expect.stringContaining('within a profile') as string }]);
      expect(() => parseSpec(nested, { profile })).toThrow(`profiles.small.${key}`);
    }
  });

  it('gives a sweep that is itself a valid sweep file', () => {
    const small = parseSpec(written, { profile: 'small' });
    expect(parseSpec(small)).toEqual(small);
  });

  it('may change the name of the sweep and keep the rest', () => {
    const renamed = { ...written, profiles: { small: { ...written.profiles.small, name: 'least-small' } } };
    expect(parseSpec(renamed, { profile: 'small' })).toEqual({ ...parseSpec(written, { profile: 'small' }), name: 'least-small' });
  });

  it('replaces a value entirely if it names a kind', () => {
    const { document } = withProfile({ evaluate: { extractor: { kind: 'trained', seed: 4 } }, profiles: { other: { evaluate: { extractor: { kind: 'identity' } } } } }, 'other');
    expect(document).toEqual({ evaluate: { extractor: { kind: 'identity' } }, profile: 'other' });
  });

  it.each([
    ['a name it has not', written, 'smal', 'profile'],
    ['any name where there are none', least, 'small', 'profiles'],
    ['a name that every object has', written, '__proto__', 'profile'],
  ])('refuses %s', (_, document, profile, path) => {
    expect(() => parseSpec(document, { profile })).toThrow(expect.objectContaining({ code: 'spec.invalid', problems: [expect.objectContaining({ path })] }));
  });
});
