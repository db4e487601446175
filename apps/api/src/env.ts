import { type Installation, installationOf, installationVariables, parseEnvironment } from '@elucidate/shell/environment';
import { z } from 'zod';

const port = z.string().regex(/^\d{1,5}$/, 'must be a port, 0 to 65535').transform(Number).pipe(z.int().max(65_535, 'must be a port, 0 to 65535'));

const envSchema = z.object({
  ...installationVariables,
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3210),
  ALLOWED_HOSTS: z.string().default(''),
  ELUCIDATE_OPEN: z.enum(['0', '1'], 'must be 1 or 0').default('0'),
  ELUCIDATE_PROGRAMS: z.enum(['0', '1'], 'must be 1 or 0').default('0'),
  RATE_LIMIT: z.string().regex(/^\d{1,7}$/, 'must be a number of requests a minute, or 0 for no limit').transform(Number).default(3000),
}).transform((variables): Env => ({
  ...installationOf(variables),
  host: variables.HOST,
  port: variables.PORT,
  allowedHosts: variables.ALLOWED_HOSTS.split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== ''),
  open: variables.ELUCIDATE_OPEN === '1',
  programs: variables.ELUCIDATE_PROGRAMS === '1',
  requestsPerMinute: variables.RATE_LIMIT,
}));

export interface Env extends Installation {
  /** The address to listen on. */
  host: string;
  /** 0 asks the operating system for a free port. */
  port: number;
  /** Lower-case host names by which the server may be called besides its own. */
  allowedHosts: readonly string[];
  /** Requests without a key act as `local`, from any client. */
  open: boolean;
  /** Requests without a key may have workers run programs. */
  programs: boolean;
  /** Of one caller; 0: no limit. */
  requestsPerMinute: number;
}

/** The server's settings. Throws 'request.invalid' naming each wrong variable. */
export const parseEnv = (variables: NodeJS.ProcessEnv): Env => parseEnvironment(envSchema, variables);
