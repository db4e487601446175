import { sigmaOf } from '../levels.js';
import type { Schedule } from '../schedules.js';

/** The levels out of 0 .. 999 that are visited: every 10th of the noisiest hundred, every 9th of the next hundred, and so on, and every one of the last hundred. The fast.ai lesson's rule. */
const kept = Array.from({ length: 1000 }, (_, level) => level).filter((level) => (level + 101) % Math.floor((level + 101) / 100) === 0);

/** The number of steps of a variable-skip discretisation, for any schedule. */
export const variableSkipSteps = kept.length;

/** variableSkipSteps + 1 sigmas: the kept levels, t = (level + 1)/1000 on a schedule, then 0. RangeError unless steps is variableSkipSteps. */
export function variableSkipLevels(steps: number, schedule: Schedule, { b }: { b: number }): number[] {
  if (steps !== variableSkipSteps) throw new RangeError(`the variable-skip discretisation has ${variableSkipSteps} steps; steps is ${steps}`);
  return [...kept.toReversed().map((level) => sigmaOf(schedule.gamma((level + 1) / 1000), b)), 0];
}
