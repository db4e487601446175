import { carryOut } from './carry-out.js';
import type { Answer, Begun, Means, Moving, Question, Term } from './carry-out.js';
import type { Plan } from './moves.js';
import type { Normal, PointDenoiser } from './oracles.js';

/** What a move comes to whose questions are answered at once. */
export function answered<V>(moving: Moving<V>, ask: (question: Question<V>) => Answer<V>): Begun<V> {
  let turn = moving.next();
  while (!turn.done) turn = moving.next(ask(turn.value));
  return turn.value;
}

/** A plan carried out from y over the levels by other means than tensors. */
function walkBy<V>(plan: Plan, sigmas: readonly number[], { y, ask, means }: { y: V; ask: (question: Question<V>) => Answer<V>; means: Means<V> }): V {
  const past: Begun<V>[] = [];
  return plan(sigmas).reduce((state, move) => {
    const made = answered(carryOut(move, { y: state, past }, means), ask);
    past.unshift({ y: state, x0: made.x0 });
    return made.y;
  }, y);
}

const sumOf = (terms: readonly Term<number>[]) => terms.reduce((sum, [value, weight]) => sum + value * weight, 0);

/** The walk of a plan on one number in float64, its noises 0 unless given. */
export function walkNumber(plan: Plan, { denoiser, y, noise = () => 0 }: { denoiser: PointDenoiser; y: number; noise?: () => number }, sigmas: readonly number[]): number {
  return walkBy(plan, sigmas, {
    y,
    ask: ({ y: point, sigma }) => {
      const x0 = denoiser(point, sigma);
      return { x0, eps: () => (point - x0) / sigma };
    },
    means: { mix: sumOf, noise },
  });
}

/** A Gaussian variable: a mean, and a weight for each independent unit normal that it is made of. */
interface Affine {
  mean: number;
  parts: readonly number[];
}

const added = (terms: readonly Term<Affine>[]): Affine => ({
  mean: sumOf(terms.map(([{ mean }, weight]) => [mean, weight])),
  parts: Array.from({ length: Math.max(...terms.map(([{ parts }]) => parts.length)) }, (_, i) => sumOf(terms.map(([{ parts }, weight]) => [parts[i] ?? 0, weight]))),
});

/** Mean and standard deviation of a walk's end on data of a normal law, started from N(0, sigma_0^2): exact, since the denoiser is then linear. */
export function endOnGaussian(plan: Plan, law: Normal, sigmas: readonly number[]): Normal {
  let drawn = 1;
  const end = walkBy<Affine>(plan, sigmas, {
    y: { mean: 0, parts: [sigmas[0]!] },
    ask: ({ y: point, sigma }) => {
      const share = law.std ** 2 / (law.std ** 2 + sigma ** 2);
      const x0 = added([[point, share], [{ mean: law.mean, parts: [] }, 1 - share]]);
      return { x0, eps: () => added([[point, 1 / sigma], [x0, -1 / sigma]]) };
    },
    means: { mix: added, noise: () => ({ mean: 0, parts: [...Array.from({ length: drawn++ }, () => 0), 1] }) },
  });
  return { mean: end.mean, std: Math.hypot(...end.parts) };
}
