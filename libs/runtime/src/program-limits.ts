import { parseEnvironment } from '@elucidate/shell/environment';
import type { ProgramLimits } from '@elucidate/stages/programs/limits';
import { z } from 'zod';

/** A timer holds at most 2^31 - 1 ms, 24.8 days; one for longer fires at once. */
const mostMinutes = 35_000;

const amount = (unit: string, most = Infinity) => z.string().regex(/^\d{1,9}(\.\d+)?$/, `must be a number of ${unit}`).transform(Number).pipe(z.number().positive(`must be a number of ${unit} above 0`).max(most, `must be at most ${most} ${unit}; unset it for no limit`)).optional();

const schema = z.object({
  ELUCIDATE_PROGRAM_MEMORY: amount('gibibytes'),
  ELUCIDATE_PROGRAM_MINUTES: amount('minutes', mostMinutes),
  ELUCIDATE_PROGRAM_ENV: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*(,[A-Za-z_][A-Za-z0-9_]*)*$/, 'must be names of variables, separated by commas').optional(),
}).transform(({ ELUCIDATE_PROGRAM_MEMORY: memory, ELUCIDATE_PROGRAM_MINUTES: minutes, ELUCIDATE_PROGRAM_ENV: names }): ProgramLimits => ({
  ...(memory !== undefined && { memoryBytes: memory * 2 ** 30 }),
  ...(minutes !== undefined && { runMs: minutes * 60_000 }),
  environment: names?.split(',') ?? [],
}));

/** What this worker's environment allows programs. Throws 'request.invalid' naming each wrong variable. */
export const programLimits = (variables: NodeJS.ProcessEnv): ProgramLimits => parseEnvironment(schema, variables);
