import { parseSpec } from '@elucidate/experiment/parse-spec';
import type { Spec } from '@elucidate/experiment/spec';

/** A sweep of Fashion-MNIST with these parameters. */
export function specOf(parameters: Record<string, unknown>, rest: Record<string, unknown> = {}): Spec {
  return parseSpec({ name: 'test', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters, ...rest });
}

/** Every kind of part several times, with some combinations dropped. */
export const wideSpec = (): Spec => specOf({
  schedule: { values: [{ kind: 'linear' }, { kind: 'cosine' }, { kind: 'sigmoid', start: 0, tau: 0.3 }] },
  noiseDistribution: { values: [{ kind: 'schedule' }, { kind: 'log-normal' }, { kind: 'log-uniform' }] },
  inputScale: { values: [0.5, 1] },
  parameterisation: { values: ['eps', 'x0', 'v', 'edm', 'flow'] },
  normalisation: { values: ['none', 'analytic'] },
  lossWeight: { values: [{ kind: 'uniform' }, { kind: 'edm' }, { kind: 'min-snr' }] },
  discretisation: { values: [{ kind: 'uniform-t' }, { kind: 'karras' }] },
  steps: { values: [1, 100] },
}, { where: "parameterisation != 'edm' || normalisation != 'none'" });
