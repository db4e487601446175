import { jsonOf } from '@elucidate/experiment/printable';
import { resolve } from 'node:path';
import { createInlineQueue } from '@elucidate/dispatch/inline';
import { retryFailed } from '@elucidate/dispatch/retry';
import { homeOf } from '@elucidate/shell/home';
import { sizeText } from '@elucidate/shell/size';
import { openArtifacts } from '@elucidate/store/artifact-stores/open';
import { artifactsReferredTo, restoreArtifacts, restoreDatabase } from '@elucidate/store/backup/restore';
import { writeBackup } from '@elucidate/store/backup/write';
import { connect } from '@elucidate/store/data-source';
import { localPrincipal } from '@elucidate/store/principal';
import { openStore, type Store } from '@elucidate/store/store';
import { openDatabase } from '../stack.js';

export interface BackupCommandOptions {
  /** false: the database alone. */
  artifacts: boolean;
  json?: boolean;
}

const sayIf = (spoken: boolean) => (line: string): void => void (spoken && process.stderr.write(`${line}\n`));

/** Copies the database of this folder, or DATABASE_URL's, and its artifacts into a new folder. Work may go on meanwhile. */
export async function backup(folder: string, { artifacts, json = false }: BackupCommandOptions): Promise<void> {
  const home = homeOf();
  const database = await openDatabase(home, sayIf(!json));
  // not migrated: a back-up is what one makes before that
  const db = await connect({ url: database.url, poolSize: 2 });
  try {
    const manifest = await writeBackup({ db, artifacts: await openArtifacts(home.artifacts) }, { folder: resolve(folder), artifacts, log: sayIf(!json) });
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const files = manifest.artifacts === null ? 'without artifacts' : `${manifest.artifacts.copied} artifacts (${sizeText(manifest.artifacts.bytes)})${manifest.artifacts.missing.length > 0 ? `; ${manifest.artifacts.missing.length} are lost or corrupt` : ''}`;
    console.log(json ? jsonOf(manifest) : `${resolve(folder)}: ${rows} rows, ${files}`);
  } finally {
    await db.destroy();
    await database.stop();
  }
}

/** Fills the empty database of this folder, or DATABASE_URL's, from a back-up, and puts back its artifacts. Files that are lost and still needed are made again. */
export async function restore(folder: string, { json = false }: Pick<BackupCommandOptions, 'json'>): Promise<void> {
  const log = sayIf(!json);
  const home = homeOf();
  const database = await openDatabase(home, log);
  try {
    await restoreDatabase(database.url, { folder: resolve(folder), log });
    const store = await openStore({ url: database.url, artifacts: home.artifacts });
    try {
      const { all } = await artifactsReferredTo(store);
      const added = await restoreArtifacts(store.artifacts, resolve(folder), all);
      const { lost } = await artifactsReferredTo(store);
      if (lost.length > 0) await makeAgain(store);
      console.log(json ? jsonOf({ artifacts: all.length, added, lost }) : restoredText({ all: all.length, added, lost: lost.length }));
    } finally {
      await store.close();
    }
  } finally {
    await database.stop();
  }
}

const restoredText = ({ all, added, lost }: { all: number; added: number; lost: number }): string =>
  `Restored. Of ${all} artifacts ${added} were put back${lost > 0 ? `; ${lost} are not there: running sweeps make again what they need, of others \`elucidate retry\`, or a new submission, does` : ''}.`;

/** Running sweeps make the files again that their remaining stages read. */
async function makeAgain(store: Store): Promise<void> {
  const running = await store.db.query<{ id: string }[]>(`select id from sweeps where state = 'running'`);
  for (const { id } of running) await retryFailed(store, createInlineQueue(), id, localPrincipal);
}
