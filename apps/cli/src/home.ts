import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

/** Where everything of one installation stands on disk. */
export interface Home {
  dir: string;
  postgresDir: string;
  artifactsDir: string;
  logsDir: string;
}

/** ELUCIDATE_HOME, or `.elucidate` in the working folder. */
export function homeOf(env: NodeJS.ProcessEnv = process.env): Home {
  const dir = resolve(env['ELUCIDATE_HOME'] ?? '.elucidate');
  return { dir, postgresDir: join(dir, 'postgres'), artifactsDir: join(dir, 'artifacts'), logsDir: join(dir, 'logs') };
}

/** As many single-threaded slots as cores. */
export const defaultSlots = (): number => availableParallelism();

export const defaultApi = 'http://127.0.0.1:3210';
