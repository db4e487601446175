import { flatPart, leastFall } from './schedule-fall.js';
import { scheduleKindSchema } from './schedule-kinds.js';
import type { ScheduleSpec } from './schedule-kinds.js';

/** gamma(t), t = 0 data, t = 1 noise; clipped to [clipMin, 1]. */
export const scheduleSchema = scheduleKindSchema.superRefine((schedule, context) => {
  const problem = crossedBy(schedule) ?? flat(schedule);
  if (problem !== undefined) context.addIssue({ code: 'custom', ...problem });
});

interface Refused {
  message: string;
  path: string[];
}

/** Ends in the wrong order. */
function crossedBy(schedule: ScheduleSpec): Refused | undefined {
  const [plain, path] = schedule.kind === 'zero-terminal-snr' ? [schedule.of, ['of']] : [schedule, []];
  if ('start' in plain && plain.start >= plain.end) return { message: 'start must be below end', path: [...path, 'start'] };
  if (plain.kind === 'beta-linear' && plain.betaMin > plain.betaMax) return { message: 'betaMin must not be above betaMax', path: [...path, 'betaMin'] };
  return undefined;
}

function flat(schedule: ScheduleSpec): Refused | undefined {
  const path = flatPart(schedule);
  return path && { message: `parameters with which gamma falls: over these it is the same to ${leastFall}, or too small for a float64`, path };
}
