import { variableSkipSteps } from '@elucidate/diffusion/discretisations/variable-skip';
import { nfe as evaluationsOf, tableauOf } from '@elucidate/diffusion/samplers';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { pathSamplers, samplerSchema } from '@elucidate/experiment/sampling-grammar';
import { evaluatesTwice, nfe } from '@elucidate/experiment/work';

/** Every sampler a spec can name, with its defaults. */
const samplers = samplerSchema.options.map((option) => samplerSchema.parse({ kind: option.shape.kind.value }));

/** The planner may not import the samplers, so each layer has its own count. */
test.each(samplers)('the planner counts the denoiser calls that the sampler $kind makes', (sampler) => {
  // a spec refuses a single step of a sampler with two evaluations per step
  const first = evaluatesTwice(sampler) ? 2 : 1;
  const steps = Array.from({ length: 51 - first }, (_, i) => first + i);
  expect(steps.map((n) => nfe(sampler, n))).toEqual(steps.map((n) => evaluationsOf(sampler, n)));
});

test.each(samplers)('the grammar allows another sigma(t) with $kind exactly where the sampler has one', (sampler) => {
  const along = () => tableauOf(sampler, { b: 1, schedule: { kind: 've' } });
  if (pathSamplers.includes(sampler.kind)) expect(along()([2, 1, 0])).toHaveLength(2);
  else expect(along).toThrow(RangeError);
});

test('the grammar accepts only the number of steps that variable-skip has', () => {
  const steps = (count: number) => () => parseSpec({ name: 'skip', dataset: { name: 'mnist' }, parameters: { discretisation: { value: { kind: 'variable-skip' } }, steps: { value: count } } });
  expect(steps(variableSkipSteps)).not.toThrow();
  expect(steps(variableSkipSteps + 1)).toThrow();
});
