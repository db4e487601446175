import { parseArgs } from 'node:util';
import { ElucidateError } from '@elucidate/experiment/errors';
import { stageKinds } from '@elucidate/experiment/stages';
import { backendChoices } from '@elucidate/engine/backend';
import { z } from 'zod';

export const help = `elucidate worker - takes stages from the queue and runs them

  elucidate worker [options]

  --backend NAME       ${backendChoices.join(', ')}             [auto]
  --slots N            stages run at once
  --threads N          threads each stage computes with
                       [both as \`elucidate doctor --calibrate\` measured; else one slot a core, 1 thread, as memory allows]
  --kinds A,B          kinds of stage to take                     [all: ${stageKinds.join(',')}]
  --lease-seconds N    silence after which a stage is taken away  [30]
  --checkpoint-seconds N  time between checkpoints of a training  [15]
  --json               log lines as JSON
  --help               this text

Environment
  DATABASE_URL         PostgreSQL, postgres://user:password@host:port/database (required)
  REDIS_URL            the queue's Redis, when the API has one; else the queue lives in PostgreSQL
  ELUCIDATE_HOME       folder of artifacts, checkpoints and data sets [.elucidate]; artifacts must be shared by all workers

Examples
  DATABASE_URL=postgres://lab@db/elucidate elucidate worker
  elucidate worker --kinds train --backend tensorflow      # a node with one GPU: one slot
  elucidate worker --kinds sample,embed,score              # a node without

The first SIGTERM or Ctrl-C checkpoints and hands back what runs, then exits 0; a second one exits at once.
Exit codes: 0 stopped when asked, 1 broke off, 2 bad option or environment, 3 something this machine lacks.`;

const count = z.coerce.number().int().min(1).max(1024);
const kind = z.enum(stageKinds);

const flagsSchema = z.object({
  slots: count.optional(),
  backend: z.enum(backendChoices).default('auto'),
  threads: count.optional(),
  kinds: z.string().transform((text) => text.split(',')).pipe(z.array(kind).min(1)).default([...stageKinds]),
  'lease-seconds': z.coerce.number().min(1).max(3600).default(30),
  'checkpoint-seconds': z.coerce.number().min(0).max(86_400).default(15),
  json: z.boolean().default(false),
  help: z.boolean().default(false),
});

export type Flags = z.infer<typeof flagsSchema>;

const flags = {
  slots: { type: 'string' }, backend: { type: 'string' }, threads: { type: 'string' }, kinds: { type: 'string' },
  'lease-seconds': { type: 'string' }, 'checkpoint-seconds': { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the command line. Throws 'request.invalid' naming every wrong flag. */
export function parseFlags(args: readonly string[]): Flags {
  const { data, error } = flagsSchema.safeParse(read(args));
  if (!error) return data;
  const wrong = error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`).join('; ');
  throw new ElucidateError('request.invalid', `${wrong}. See elucidate worker --help.`);
}

function read(args: readonly string[]): unknown {
  try {
    return parseArgs({ args: [...args], options: flags }).values;
  } catch (cause) {
    throw new ElucidateError('request.invalid', `${(cause as Error).message}. See elucidate worker --help.`, { cause });
  }
}
