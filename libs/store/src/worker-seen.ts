import pg from 'pg';
import { silence } from './live-worker.js';
import { prepareSession } from './session.js';

const answerMs = 8000;

/** True if a worker of this host takes stages and is not late. Rejects if the database does not answer. */
export async function workerSeen(connectionString: string, host: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: answerMs, query_timeout: answerMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await prepareSession(client);
    const { rows } = await client.query(`select from workers where host = $1 and state in ('active', 'stopping') and seen_at > clock_timestamp() - make_interval(secs => $2) limit 1`, [host, silence.late]);
    return rows.length > 0;
  } finally {
    await client.end().catch(() => undefined);
  }
}
