import { readFileSync } from 'node:fs';
import { ElucidateError } from '@elucidate/experiment/errors';
import { z } from 'zod';
import { homeAt, type Home } from './home.js';
import { logFormats, type LogFormat } from './log.js';

/** Settings that API and worker must agree on, and how they log. */
export interface Installation {
  databaseUrl: string;
  /** Absent: the queue is in the same PostgreSQL. */
  redisUrl?: string;
  /** Address of the PostgreSQL for the queue, where `databaseUrl` leads through a pooler. */
  queueUrl?: string;
  home: Home;
  logFormat: LogFormat;
}

/** The variables of an installation; a program extends this schema with its own. */
export const installationVariables = {
  DATABASE_URL: z.string({ error: 'must be set to the address of a PostgreSQL, postgres://user:password@host:port/database, or DATABASE_URL_FILE to a file that holds it' }).regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must begin with redis://').optional(),
  QUEUE_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://').optional(),
  ELUCIDATE_HOME: z.string().optional(),
  ELUCIDATE_ARTIFACTS: z.string().optional(),
  LOG_FORMAT: z.enum(logFormats, { error: `must be ${logFormats.join(' or ')}` }).default('text'),
};

export function installationOf({ DATABASE_URL, REDIS_URL, QUEUE_DATABASE_URL, ELUCIDATE_HOME, ELUCIDATE_ARTIFACTS, LOG_FORMAT }: z.output<z.ZodObject<typeof installationVariables>>): Installation {
  return { databaseUrl: DATABASE_URL, ...(REDIS_URL !== undefined && { redisUrl: REDIS_URL }), ...(QUEUE_DATABASE_URL !== undefined && { queueUrl: QUEUE_DATABASE_URL }), home: homeAt(ELUCIDATE_HOME, ELUCIDATE_ARTIFACTS), logFormat: LOG_FORMAT };
}

export const installationSchema = z.object(installationVariables).transform(installationOf);

/** Variables that hold a secret may be given as a file, as Docker's and Kubernetes' secrets are: DATABASE_URL_FILE. */
const inFiles = ['DATABASE_URL', 'REDIS_URL', 'QUEUE_DATABASE_URL'] as const;

/** The value of a variable, or what the file named by `<name>_FILE` holds, without the white space around it; undefined if neither is set or both are empty. Throws 'request.invalid'. */
export function secretOf(name: (typeof inFiles)[number], variables: NodeJS.ProcessEnv = process.env): string | undefined {
  const [value, file] = [variables[name] || undefined, variables[`${name}_FILE`] || undefined];
  if (file === undefined) return value;
  if (value !== undefined) throw new ElucidateError('request.invalid', `Both ${name} and ${name}_FILE are set; unset one`);
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (cause) {
    throw new ElucidateError('request.invalid', `${name}_FILE names ${file}, which cannot be read (${(cause as NodeJS.ErrnoException).code}); correct it`, { cause });
  }
}

/** Parses the environment by a schema; an empty variable counts as absent, and a secret may come from a file. Throws 'request.invalid' naming every wrong variable, but no values: they may contain a password. */
export function parseEnvironment<S extends z.ZodType>(schema: S, variables: NodeJS.ProcessEnv): z.output<S> {
  const given = { ...variables, ...Object.fromEntries(inFiles.map((name) => [name, secretOf(name, variables)])) };
  const { data, error } = schema.safeParse(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== undefined)));
  if (error === undefined) return data as z.output<S>;
  throw new ElucidateError('request.invalid', `Wrong environment: ${error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}. Correct these variables and start again.`);
}
