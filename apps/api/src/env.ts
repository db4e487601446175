import { isAbsolute, join, resolve } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { z } from 'zod';

const port = z.string().regex(/^\d{1,5}$/, 'a port, 0 to 65535').transform(Number).pipe(z.int().max(65_535));

const envSchema = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a URL that begins with postgres://'),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'a URL that begins with redis://').optional(),
  ELUCIDATE_HOME: z.string().min(1).default('.elucidate'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(3210),
  /** Comma-separated names a browser may use for this server besides loopback ones. */
  ALLOWED_HOSTS: z.string().default(''),
});

export interface Env {
  databaseUrl: string;
  /** Absent: the queue lives in the same Postgres. */
  redisUrl: string | undefined;
  /** Absolute folder of the artifact bytes. */
  artifactsDir: string;
  host: string;
  /** 0 asks the operating system for a free port. */
  port: number;
  allowedHosts: readonly string[];
}

/** The server's settings from environment variables; an empty one counts as absent. Throws request.invalid naming each wrong variable. */
export function parseEnv(variables: Readonly<Record<string, string | undefined>>, cwd = process.cwd()): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${given[String(issue.path[0])] === undefined ? 'is required, ' : ''}${issue.message}`);
    throw new ElucidateError('request.invalid', `The environment does not suit the API: ${wrong.join('; ')}. Set the variables named and start again.`);
  }
  const env = parsed.data;
  const home = isAbsolute(env.ELUCIDATE_HOME) ? env.ELUCIDATE_HOME : resolve(cwd, env.ELUCIDATE_HOME);
  return {
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    artifactsDir: join(home, 'artifacts'),
    host: env.HOST,
    port: env.PORT,
    allowedHosts: env.ALLOWED_HOSTS.split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== ''),
  };
}
