import { join, resolve } from 'node:path';

/** Where everything of one installation is; absolute folders. */
export interface Home {
  dir: string;
  postgresDir: string;
  /** Address of the artifact store: a folder, or a URL. */
  artifacts: string;
  logsDir: string;
}

/** The installation in a folder, by default `.elucidate` in the working folder; its artifacts may be elsewhere. */
export function homeAt(folder = '.elucidate', artifacts?: string): Home {
  const dir = resolve(folder);
  return { dir, postgresDir: join(dir, 'postgres'), artifacts: artifacts ?? join(dir, 'artifacts'), logsDir: join(dir, 'logs') };
}

/** The installation that ELUCIDATE_HOME and ELUCIDATE_ARTIFACTS name; empty counts as absent. */
export const homeOf = (variables: NodeJS.ProcessEnv = process.env): Home => homeAt(variables['ELUCIDATE_HOME'] || undefined, variables['ELUCIDATE_ARTIFACTS'] || undefined);
