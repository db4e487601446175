import { nfe as evaluationsOf } from '@elucidate/diffusion/samplers';
import { samplerSchema } from '@elucidate/experiment/sampling-grammar';
import { asksTwice, nfe } from '@elucidate/experiment/work';

/** Every sampler a spec can name, with its defaults. */
const samplers = samplerSchema.options.map((option) => samplerSchema.parse({ kind: option.shape.kind.value }));

/** The planner may not import the samplers, so each layer counts for itself. */
test.each(samplers)('the planner counts as many denoiser calls for $kind as the sampler makes', (sampler) => {
  // a single step of a sampler that evaluations twice is refused by a spec
  const first = asksTwice(sampler) ? 2 : 1;
  const steps = Array.from({ length: 51 - first }, (_, i) => first + i);
  expect(steps.map((n) => nfe(sampler, n))).toEqual(steps.map((n) => evaluationsOf(sampler, n)));
});
