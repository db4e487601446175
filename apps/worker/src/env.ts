import { resolve } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { z } from 'zod';

const envSchema = z.object({
  DATABASE_URL: z.string({ error: 'must be set' }).regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must begin with redis://').optional(),
  ELUCIDATE_HOME: z.string().default('.elucidate'),
});

/** What a worker is told by its environment. */
export interface Env {
  databaseUrl: string;
  /** Absent: the queue lives in the same PostgreSQL. */
  redisUrl?: string;
  /** Absolute folder of artifacts, checkpoints and data sets. */
  home: string;
}

/** Reads the environment; an empty variable counts as absent. Throws 'request.invalid' naming every wrong variable. */
export function parseEnv(variables: Readonly<Record<string, string | undefined>>, cwd = process.cwd()): Env {
  const { data, error } = envSchema.safeParse(Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== '')));
  if (error) {
    const wrong = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
    throw new ElucidateError('request.invalid', `A worker cannot start in this environment: ${wrong}. DATABASE_URL is the address of the PostgreSQL that the API uses.`);
  }
  return { databaseUrl: data.DATABASE_URL, ...(data.REDIS_URL !== undefined && { redisUrl: data.REDIS_URL }), home: resolve(cwd, data.ELUCIDATE_HOME) };
}
