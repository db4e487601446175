import { join, resolve } from 'node:path';

/** Where everything of one installation stands on disk; absolute folders. */
export interface Home {
  dir: string;
  postgresDir: string;
  artifactsDir: string;
  logsDir: string;
}

/** The installation in a folder, `.elucidate` of the working folder unless named. */
export function homeAt(folder = '.elucidate'): Home {
  const dir = resolve(folder);
  return { dir, postgresDir: join(dir, 'postgres'), artifactsDir: join(dir, 'artifacts'), logsDir: join(dir, 'logs') };
}

/** The installation that ELUCIDATE_HOME names; empty counts as absent. */
export const homeOf = (variables: NodeJS.ProcessEnv = process.env): Home => homeAt(variables['ELUCIDATE_HOME'] || undefined);
