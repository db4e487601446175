import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@elucidate/embedded/postgres';
import { signalTo } from './processes.js';

/** Where the databases of the attacked fleets are. */
export interface PostgresServer {
  url: string;
  /** Absent for a server that was given: it is not ours to kill. */
  faults?: PostgresFaults;
  stop(): Promise<void>;
}

export interface PostgresFaults {
  /** SIGKILL; it is started again at once and recovers. */
  kill(): Promise<void>;
  /** Ends it; it stays away until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

/** The server at ELUCIDATE_TEST_POSTGRES, or a private one, with fsync as in earnest. */
export async function openPostgresServer(log: (line: string) => void): Promise<PostgresServer> {
  const given = process.env['ELUCIDATE_TEST_POSTGRES'];
  if (given) return { url: given, stop: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'elucidate-chaos-postgres-'));
  const dataDir = join(folder, 'postgres');
  let server: Postgres = await startPostgres({ dataDir, log });
  const port = Number(new URL(server.url).port);
  // where createTestDatabase looks
  process.env['ELUCIDATE_TEST_POSTGRES'] = server.url;
  return {
    url: server.url,
    faults: {
      kill: async () => signalTo(await pidOf(dataDir), 'SIGKILL'),
      goAway: () => server.stop(),
      comeBack: async () => {
        server = await startPostgres({ dataDir, port, log });
      },
    },
    stop: async () => {
      await server.stop();
      delete process.env['ELUCIDATE_TEST_POSTGRES'];
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server's process, also after it was started again. */
async function pidOf(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
}
