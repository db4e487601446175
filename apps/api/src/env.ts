import { type Installation, installationOf, installationVariables, parseEnvironment } from '@elucidate/shell/environment';
import { z } from 'zod';

const port = z.string().regex(/^\d{1,5}$/, 'must be a port, 0 to 65535').transform(Number).pipe(z.int().max(65_535, 'must be a port, 0 to 65535'));

const envSchema = z.object({
  ...installationVariables,
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3210),
  ALLOWED_HOSTS: z.string().default(''),
}).transform((variables): Env => ({
  ...installationOf(variables),
  host: variables.HOST,
  port: variables.PORT,
  allowedHosts: variables.ALLOWED_HOSTS.split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== ''),
}));

export interface Env extends Installation {
  /** The address to listen on. */
  host: string;
  /** 0 asks the operating system for a free port. */
  port: number;
  /** Lower-case host names that a server on loopback accepts besides the loopback ones. */
  allowedHosts: readonly string[];
}

/** The server's settings. Throws 'request.invalid' naming each wrong variable. */
export const parseEnv = (variables: NodeJS.ProcessEnv): Env => parseEnvironment(envSchema, variables);
