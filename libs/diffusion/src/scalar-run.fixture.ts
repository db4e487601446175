import { executeStep } from './execute-step.js';
import type { DenoiserRequest, DenoiserResult, StepExecution, StepOps, StepState, Term } from './execute-step.js';
import type { Normal, PointDenoiser } from './oracles.js';
import type { Tableau } from './tableau.js';

/** The final state of a step whose requests are answered synchronously. */
export function completed<V>(execution: StepExecution<V>, denoise: (request: DenoiserRequest<V>) => DenoiserResult<V>): StepState<V> {
  let turn = execution.next();
  while (!turn.done) turn = execution.next(denoise(turn.value));
  return turn.value;
}

/** A tableau executed from y over the levels in a vector space other than tensors. */
function runIn<V>(tableau: Tableau, sigmas: readonly number[], { y, denoise, ops }: { y: V; denoise: (request: DenoiserRequest<V>) => DenoiserResult<V>; ops: StepOps<V> }): V {
  const past: StepState<V>[] = [];
  return tableau(sigmas).reduce((state, step) => {
    const { y: next, x0 } = completed(executeStep(step, { y: state, past }, ops), denoise);
    past.unshift({ y: state, x0 });
    return next;
  }, y);
}

const sumOf = (terms: readonly Term<number>[]) => terms.reduce((sum, [value, weight]) => sum + value * weight, 0);

/** A tableau executed on one number in float64, its noises 0 unless given; x0-hat is clamped if there is a clamp. */
export function runOnNumber(tableau: Tableau, { denoiser, y, noise = () => 0, clamp }: { denoiser: PointDenoiser; y: number; noise?: () => number; clamp?: { min: number; max: number } | undefined }, sigmas: readonly number[]): number {
  return runIn(tableau, sigmas, {
    y,
    denoise: ({ y: point, sigma }) => {
      const free = denoiser(point, sigma);
      return { x0: clamp ? Math.min(clamp.max, Math.max(clamp.min, free)) : free, eps: () => (point - free) / sigma };
    },
    ops: { combine: sumOf, noise },
  });
}

/** A Gaussian variable: a mean, and a weight for each independent unit normal that it is made of. */
interface Affine {
  mean: number;
  components: readonly number[];
}

const added = (terms: readonly Term<Affine>[]): Affine => ({
  mean: sumOf(terms.map(([{ mean }, weight]) => [mean, weight])),
  components: Array.from({ length: Math.max(...terms.map(([{ components }]) => components.length)) }, (_, i) => sumOf(terms.map(([{ components }, weight]) => [components[i] ?? 0, weight]))),
});

/** Mean and standard deviation at the end of a run on normal data, started from N(0, sigma_0^2): exact, since the denoiser is then linear. */
export function endOnGaussian(tableau: Tableau, data: Normal, sigmas: readonly number[]): Normal {
  let drawn = 1;
  const end = runIn<Affine>(tableau, sigmas, {
    y: { mean: 0, components: [sigmas[0]!] },
    denoise: ({ y: point, sigma }) => {
      const weight = data.std ** 2 / (data.std ** 2 + sigma ** 2);
      const x0 = added([[point, weight], [{ mean: data.mean, components: [] }, 1 - weight]]);
      return { x0, eps: () => added([[point, 1 / sigma], [x0, -1 / sigma]]) };
    },
    ops: { combine: added, noise: () => ({ mean: 0, components: [...Array.from({ length: drawn++ }, () => 0), 1] }) },
  });
  return { mean: end.mean, std: Math.hypot(...end.components) };
}
