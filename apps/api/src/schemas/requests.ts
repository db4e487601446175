import { ElucidateError } from '@elucidate/experiment/errors';
import type { Problem } from '@elucidate/experiment/errors';
import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { tableFormats } from '@elucidate/experiment/render-table';
import { ablationNamesText, isAblationName } from '@elucidate/experiment/ablations';
import { z } from 'zod';

const naturalText = z.string().regex(/^\d{1,16}$/, 'a whole number, 0 or more').transform(Number).pipe(z.int());

export const sweepIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'a sweep\'s id');
export const stageIdSchema = z.string().regex(/^[0-9a-f]{8,64}$/, 'a stage\'s id: 64 hex digits, or the first 8 or more of them');
export const artifactHashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256: 64 hex digits');
export const ablationNameSchema = z.string().refine(isAblationName, ablationNamesText).describe(`A table: ${ablationNamesText}.`);

export const pageQuerySchema = z.strictObject({
  limit: naturalText.pipe(z.int().min(1).max(200)).default(50).describe('Rows at most.'),
  cursor: z.string().regex(/^[A-Za-z0-9_.:+-]{1,200}$/, 'the nextCursor of the page before').optional().describe('nextCursor of the page before.'),
});

export const gridsQuerySchema = pageQuerySchema.pick({ limit: true });

export const stagesQuerySchema = pageQuerySchema.extend({
  kind: z.enum(stageKinds).optional(),
  state: z.enum(stageStates).optional(),
});

export const workersQuerySchema = z.strictObject({
  gone: z.enum(['true', 'false']).default('false').transform((text) => text === 'true').describe('Also those that are gone.'),
});

export const formatQuerySchema = z.strictObject({
  format: z.enum(tableFormats).optional().describe('Goes before the Accept header.'),
});

const heldPairSchema = z.string().regex(/^\w+:./, 'a parameter and its label, "sampler:heun"').transform((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)] as const);

/** `?metric=kid&held=sampler:heun&held=steps:20`. */
export const tableQuerySchema = formatQuerySchema.extend({
  metric: z.enum(['fid', 'kid']).default('fid'),
  held: z.preprocess((text) => [text ?? []].flat(), z.array(heldPairSchema)).transform((pairs): Record<string, string> => Object.fromEntries(pairs))
    .describe('What to hold a parameter at, as the table names it: "sampler:heun". May stand several times.'),
});

export const eventsQuerySchema = z.strictObject({
  after: naturalText.optional().describe('Send what came after this event; 0 sends everything. Last-Event-ID goes before it.'),
});

export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 printable ASCII characters without spaces');

/** What a zod schema makes of one part of a request. Throws request.invalid naming every wrong part. */
export function parseRequest<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue): Problem => {
    const path = [place, ...issue.path.map(String)].join('.');
    const at = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
    return { path, value: JSON.stringify(at)?.slice(0, 80) ?? 'nothing', expected: issue.message };
  });
  const told = problems.map(({ path, value: found, expected }) => `${path} is ${found}; expected ${expected}`).join('; ');
  throw new ElucidateError('request.invalid', `The request cannot be understood: ${told}`, { problems });
}
