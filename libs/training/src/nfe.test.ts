import { variableSkipSteps } from '@elucidate/diffusion/discretisations/variable-skip';
import { nfe as evaluationsOf, tableauOf } from '@elucidate/diffusion/samplers';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { type DiscretisationSpec, discretisationSchema, pathSamplers, samplerSchema } from '@elucidate/experiment/sampling-grammar';
import { callsPerStep, nfe } from '@elucidate/experiment/work';

/** Every sampler a spec can name, with its defaults. */
const samplers = samplerSchema.options.map((option) => samplerSchema.parse({ kind: option.shape.kind.value }));
const [toZero, toLast] = [undefined, false].map((denoiseToZero) => discretisationSchema.parse({ kind: 'karras', denoiseToZero })) as [DiscretisationSpec, DiscretisationSpec];

/** The planner may not import the samplers, so each layer has its own count. */
test.each(samplers)('the planner counts the denoiser calls that the sampler $kind makes', (sampler) => {
  // a spec refuses a single step of a sampler with several evaluations per step
  const first = callsPerStep(sampler) > 1 ? 2 : 1;
  const steps = Array.from({ length: 51 - first }, (_, i) => first + i);
  expect(steps.map((n) => nfe({ sampler, steps: n, discretisation: toZero }))).toEqual(steps.map((n) => evaluationsOf(sampler, n)));
  expect(steps.map((n) => nfe({ sampler, steps: n, discretisation: toLast }))).toEqual(steps.map((n) => evaluationsOf(sampler, n, false)));
});

test('the planner counts one call fewer with analyticFirst, for each sampler that has it', () => {
  const analytic = samplerSchema.options.flatMap((option) => ('analyticFirst' in option.shape ? [samplerSchema.parse({ kind: option.shape.kind.value, analyticFirst: true })] : []));
  expect(analytic.map(({ kind }) => kind)).toEqual(samplers.filter((sampler) => !('eta' in sampler && sampler.kind !== 'ddim') && sampler.kind !== 'ddpm').map(({ kind }) => kind));
  for (const sampler of analytic) expect(nfe({ sampler, steps: 7, discretisation: toZero })).toBe(evaluationsOf(sampler, 7));
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
