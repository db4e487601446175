import { sigmaOf } from '../levels.js';
import type { Schedule } from '../schedules.js';

/** Levels 0 .. 999 that are visited: of the noisiest hundred every 10th, of the next every 9th, and so on; of the last, each. The fast.ai lesson's rule. */
const kept = Array.from({ length: 1000 }, (_, level) => level).filter((level) => (level + 101) % Math.floor((level + 101) / 100) === 0);

/** The steps of a variable-skip discretisation, whatever its schedule. */
export const variableSkipSteps = kept.length;

/** variableSkipSteps + 1 sigmas: the kept levels, t = (level + 1)/1000 on a schedule, then 0. RangeError unless steps is variableSkipSteps. */
export function variableSkipLevels(steps: number, schedule: Schedule, { b }: { b: number }): number[] {
  if (steps !== variableSkipSteps) throw new RangeError(`the variable-skip discretisation has ${variableSkipSteps} steps; steps is ${steps}`);
  return [...kept.toReversed().map((level) => sigmaOf(schedule.gamma((level + 1) / 1000), b)), 0];
}
