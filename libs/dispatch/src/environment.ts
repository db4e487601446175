import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { systemError } from '@elucidate/experiment/system-error';
import { checkWritable } from '@elucidate/store/artifact-stores/folder-check';
import type { Store } from '@elucidate/store/store';
import { requireSharedArtifacts } from './artifact-place.js';
import { databaseTrouble } from './database-trouble.js';

export interface EnvironmentOptions {
  store: Store;
  /** Holds checkpoints/ and work/. */
  home: string;
  /** Makes this worker's artifact store the installation's. */
  adoptArtifacts?: boolean;
}

/** Whether a worker's folders can be written, have room, and are those that all workers share. Throws 'disk.full', 'folder.unusable', 'artifact.unshared'; 'database.unreachable' if nobody can tell. */
export async function checkEnvironment({ store, home, adoptArtifacts = false }: EnvironmentOptions): Promise<void> {
  for (const name of ['work', 'checkpoints']) {
    const folder = join(home, name);
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw systemError(cause) ?? cause;
    });
    await checkWritable(folder);
  }
  await requireSharedArtifacts(store, adoptArtifacts).catch((cause: unknown) => {
    if (databaseTrouble(cause) === undefined) throw cause;
    throw new ElucidateError('database.unreachable', `The database does not say which artifacts are shared (${(cause as Error).message})`, { cause });
  });
}
