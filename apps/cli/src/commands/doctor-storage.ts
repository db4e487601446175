import { redisVersion } from '@elucidate/dispatch/redis-answers';
import { ElucidateError } from '@elucidate/experiment/errors';
import { secretOf } from '@elucidate/shell/environment';
import type { Home } from '@elucidate/shell/home';
import { sizeText } from '@elucidate/shell/size';
import { openArtifacts } from '@elucidate/store/artifact-stores/open';
import { connect } from '@elucidate/store/data-source';
import { databaseUse } from '@elucidate/store/disk-use';
import { pendingMigrations } from '@elucidate/store/migrate';
import { requireLastingSettings } from '@elucidate/store/pooler';
import { schemaDifferences } from '@elucidate/store/schema-check';
import type { Store } from '@elucidate/store/store';
import { openDatabase } from '../stack.js';
import { tried, type Finding } from './finding.js';

/** What the database, the queue and the artifact store say when they are really used. */
export async function storageFindings(home: Home): Promise<Finding[]> {
  return [...(await databaseFindings(home)), await tried('queue', queue), await tried('artifacts', () => artifacts(home))];
}

async function databaseFindings(home: Home): Promise<Finding[]> {
  let stop = async (): Promise<void> => undefined;
  let db: Store['db'] | undefined;
  try {
    const place = await tried('database', async () => {
      const database = await openDatabase(home, () => undefined);
      stop = database.stop;
      db = await connect({ url: database.url, poolSize: 2 });
      const [{ version }] = await db.query<[{ version: string }]>(`select current_setting('server_version') as version`);
      await requireLastingSettings(db);
      return `PostgreSQL ${version} answers ${secretOf('DATABASE_URL') === undefined ? `(embedded), data in ${home.postgresDir}` : 'at DATABASE_URL'}`;
    });
    if (db === undefined) return [place];
    const open = db;
    return [place, await tried('schema', () => schema(open)), ...(await isCurrent(open) ? [await tried('storage', () => storage(open))] : [])];
  } finally {
    await db?.destroy();
    await stop();
  }
}

/** Whether the database has exactly the migrations of this code. */
const isCurrent = (db: Store['db']): Promise<boolean> => pendingMigrations(db).then((pending) => pending.length === 0, () => false);

async function schema(db: Store['db']): Promise<string> {
  const pending = await pendingMigrations(db);
  if (pending.length > 0) return `${pending.length} migrations are to be applied; the API does so when it starts, and so does a local run`;
  const differences = await schemaDifferences(db);
  if (differences.length === 0) return 'is what the migrations make';
  const rest = differences.length > 5 ? `; and ${differences.length - 5} more` : '';
  throw new ElucidateError('database.outdated', `differs from what the migrations make: ${differences.slice(0, 5).join('; ')}${rest}. Undo the change, or restore a back-up into another database`);
}

async function storage(db: Store['db']): Promise<string> {
  const { bytes, artifacts: count, artifactBytes, tables } = await databaseUse(db);
  return `${sizeText(bytes)} database (most in ${tables.slice(0, 2).map(({ name }) => name).join(' and ')}), ${sizeText(artifactBytes)} in ${count} artifacts; \`elucidate prune\` says what may go`;
}

async function queue(): Promise<string> {
  const url = secretOf('REDIS_URL');
  return url === undefined ? 'in PostgreSQL' : `Redis ${await redisVersion(url)} answers at REDIS_URL`;
}

async function artifacts(home: Home): Promise<string> {
  const store = await openArtifacts(home.artifacts);
  await store.check();
  return `${store.name} can be written`;
}
