import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { presets } from './presets.js';

const least = { name: 'presets', dataset: { name: 'fashion-mnist' } };
const configOf = (document: object) => planSweep(parseSpec({ ...least, ...document })).cells.map(({ config }) => config);

describe('a preset', () => {
  it.each(Object.entries(presets))('%s equals the parameters it stands for, written out', (name, values) => {
    const written = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]));
    expect(parseSpec({ ...least, preset: name })).toEqual(parseSpec({ ...least, parameters: written }));
    const steps = { steps: { value: 30 } };
    expect(configOf({ parameters: steps, include: [{ preset: name }] })).toEqual(configOf({ parameters: steps, include: [values] }));
  });

  it('is overridden by what is written out, and by a later preset', () => {
    const [cell] = configOf({ preset: ['vp', 'edm-sampling'], parameters: { discretisation: { value: { kind: 've' } } } });
    expect(cell).toMatchObject({ parameterisation: 'eps', noiseDistribution: { kind: 'vp' }, sampler: { kind: 'heun' }, discretisation: { kind: 've' }, samplingScaling: 'none' });
    const [, added] = configOf({ include: [{ preset: ['vp-sampling', 'edm-sampling'], sampler: { kind: 'euler' } }] });
    expect(added).toMatchObject({ sampler: { kind: 'euler' }, discretisation: { kind: 'karras' } });
  });

  it('leaves no trace: a sweep can be parsed again from its own output', () => {
    const spec = parseSpec({ ...least, preset: 've', include: [{ preset: 'edm' }] });
    expect(spec).not.toHaveProperty('preset');
    expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it('shares every stage with the same parameters written out', () => {
    const plan = planSweep(parseSpec({ ...least, preset: 'edm', include: [{ preset: 've-sampling' }, { preset: 'vp-sampling' }] }));
    expect(plan.stages.filter(({ kind }) => kind === 'train')).toHaveLength(1);
    expect(plan.stages.filter(({ kind }) => kind === 'sample')).toHaveLength(3);
  });

  it('may be used in a profile', () => {
    const document = { ...least, preset: 'edm', profiles: { baseline: { preset: 'vp' } } };
    expect(parseSpec(document, { profile: 'baseline' }).parameters.sampler.values).toMatchObject([{ kind: 'euler' }]);
  });
});
