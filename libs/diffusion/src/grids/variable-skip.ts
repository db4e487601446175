import { sigmaOf } from '../levels.js';
import type { Schedule } from '../schedules.js';

/** Levels 0 .. 999 that are walked: of the noisiest hundred every 10th, of the next every 9th, and so on; of the last, each. The fast.ai lesson's rule. */
const kept = Array.from({ length: 1000 }, (_, level) => level).filter((level) => (level + 101) % Math.floor((level + 101) / 100) === 0);

/** The moves of a variable-skip grid, whatever its schedule. */
export const variableSkipSteps = kept.length;

/** variableSkipSteps + 1 sigmas: the kept levels, t = (level + 1)/1000 on a schedule, then 0. RangeError unless steps is variableSkipSteps. */
export function variableSkipGrid(steps: number, schedule: Schedule, { b }: { b: number }): number[] {
  if (steps !== variableSkipSteps) throw new RangeError(`a variable-skip grid has ${variableSkipSteps} moves; steps is ${steps}`);
  return [...kept.toReversed().map((level) => sigmaOf(schedule.gamma((level + 1) / 1000), b)), 0];
}
