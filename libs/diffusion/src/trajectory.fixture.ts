import type { NamedSum, NetworkCall, Trajectory } from './trajectory.js';

/** One number in place of an image: the raw network's output for its scaled input at an evaluation, given the class or not. */
export type NumberNetwork = (input: number, call: NetworkCall, labelled: boolean) => number;

const total = (sum: NamedSum, vectors: Readonly<Record<string, number>>): number =>
  Object.entries(sum).reduce((value, [name, weight]) => {
    if (vectors[name] === undefined) throw new Error(`no vector ${name}`);
    return value + weight * vectors[name];
  }, 0);

/** Executes a trajectory as docs/programs.md says, from what is in the file alone. `noise`: as many numbers as the trajectory draws. */
export function executeTrajectory(text: string, network: NumberNetwork, noise: readonly number[]): number {
  const { start, clamp, memory, steps } = JSON.parse(text) as Trajectory;
  let y = start * noise[0]!;
  let drawn = 1;
  let past: { y: number; x0: number }[] = [];
  for (const step of steps) {
    const vectors: Record<string, number> = { y };
    past.forEach((earlier, j) => Object.assign(vectors, { [`past.${j}.y`]: earlier.y, [`past.${j}.x0`]: earlier.x0 }));
    for (let k = 0; k < step.draws; k += 1) vectors[`noise.${k}`] = noise[drawn++]!;
    step.evaluations.forEach((evaluation, i) => {
      const at = total(evaluation.at, vectors);
      const free = 'x0' in evaluation ? total(evaluation.x0, vectors) : denoised(at, evaluation, network);
      vectors[`x0.${i}`] = clamp === null || 'x0' in evaluation ? free : Math.min(clamp[1], Math.max(clamp[0], free));
      if (i === 0) vectors['eps'] = (at - free) / evaluation.sigma;
    });
    past = [{ y, x0: vectors['x0.0']! }, ...past].slice(0, memory);
    y = total(step.end, vectors);
  }
  return y;
}

function denoised(at: number, call: NetworkCall, network: NumberNetwork): number {
  const x0 = (labelled: boolean) => call.cSkip * at + call.cOut * network(call.cIn * at, call, labelled);
  if (call.guidance === undefined) return x0(true);
  const without = x0(false);
  return without + call.guidance * (x0(true) - without);
}
