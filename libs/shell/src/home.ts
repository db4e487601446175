import { accessSync, constants, existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';

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

/** The installation that ELUCIDATE_HOME and ELUCIDATE_ARTIFACTS name; empty counts as absent. Throws 'folder.unusable'. */
export function homeOf(variables: NodeJS.ProcessEnv = process.env): Home {
  const home = homeAt(variables['ELUCIDATE_HOME'] || undefined, variables['ELUCIDATE_ARTIFACTS'] || undefined);
  requireUsable(home);
  return home;
}

/** Throws 'folder.unusable' for a home folder that is a file, a dead link, or not ours to write in; one that is not there yet has to be makeable. */
export function requireUsable({ dir }: Home): void {
  const refuse = (why: string): never => {
    throw new ElucidateError('folder.unusable', `The home folder ${dir} ${why}; set ELUCIDATE_HOME to a folder that this user may write in`);
  };
  const nearest = existing(dir);
  if (!existsSync(nearest)) refuse(`${nearest === dir ? 'is' : `lies below ${nearest},`} a link to a place that does not exist`);
  if (!statSync(nearest).isDirectory()) refuse(nearest === dir ? 'is a file' : `lies below ${nearest}, which is a file`);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    refuse(`cannot be ${nearest === dir ? 'written in' : `made in ${nearest}`} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The path itself, or the nearest above it that exists, be it a dead link. */
function existing(path: string): string {
  try {
    lstatSync(path);
    return path;
  } catch {
    return existing(dirname(path));
  }
}
