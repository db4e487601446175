import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@elucidate/embedded/postgres';
import { openArtifacts } from '@elucidate/store/artifact-stores/open';
import { connect } from '@elucidate/store/data-source';
import { startWatched } from '../../bench/dist/watched-server.js';

/** What `measure` returns, given an API of its own, open to all, over an empty database and artifact store; all of it is gone afterwards. */
export async function overApi(measure) {
  const home = await mkdtemp(join(tmpdir(), 'elucidate-bench-'));
  const postgres = await startPostgres({ dataDir: join(home, 'postgres') });
  try {
    const env = { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: '', ELUCIDATE_HOME: home, HOST: '127.0.0.1', PORT: '0', RATE_LIMIT: '0', ELUCIDATE_OPEN: '1' };
    const api = await startWatched(fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url)), env);
    const db = await connect({ url: postgres.url, poolSize: 2 });
    try {
      return await measure({ api, db, artifacts: await openArtifacts(join(home, 'artifacts')) });
    } finally {
      await db.destroy();
      await api.close();
    }
  } finally {
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}
