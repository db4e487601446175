import { z } from 'zod';
import type { StageProgress } from '@elucidate/experiment/execution';

/** What a program says on its standard output: docs/programs.md. */
export interface ProgramMessage {
  progress?: StageProgress;
  log?: string;
  versions?: Readonly<Record<string, string>>;
}

/** Of one object; of all versions together, too. */
export const mostMembers = 20;
const text = z.string().max(1000);
const atMost = <V extends z.ZodType>(value: V) => z.record(z.string().max(100), value).refine((record) => Object.keys(record).length <= mostMembers);
const messageSchema = z.looseObject({
  progress: z.number().optional(),
  note: text.optional(),
  values: atMost(z.number()).optional(),
  log: z.string().optional(),
  versions: atMost(text).optional(),
});

/** Whether a line, by its looks, reports progress and nothing else. */
export const isProgressAlone = (line: string): boolean => line.startsWith('{') && line.includes('"progress"') && !line.includes('"log"') && !line.includes('"versions"');

/** The message in a line; undefined for one that is something else, which belongs in the log. */
export function messageOf(line: string): ProgramMessage | undefined {
  if (!line.startsWith('{')) return undefined;
  const parsed = messageSchema.safeParse(jsonOf(line));
  if (!parsed.success) return undefined;
  const { progress, note, values, log, versions } = parsed.data;
  if (progress === undefined && log === undefined && versions === undefined) return undefined;
  return {
    ...(progress !== undefined && { progress: { fraction: Math.min(1, Math.max(0, progress)), note: note ?? `${Math.floor(100 * progress)} %`, ...(values && { values }) } }),
    ...(log !== undefined && { log }),
    ...(versions !== undefined && { versions }),
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
