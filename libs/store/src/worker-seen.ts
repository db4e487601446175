import pg from 'pg';
import { prepareSession } from './session.js';

const withinSeconds = 30;
const answerMs = 8000;

/** True if a worker of this host takes stages and has reported itself in the last half minute. Rejects if the database does not answer. */
export async function workerSeen(connectionString: string, host: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: answerMs, query_timeout: answerMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await prepareSession(client);
    const { rows } = await client.query(`select from workers where host = $1 and state in ('active', 'stopping') and seen_at > clock_timestamp() - make_interval(secs => $2) limit 1`, [host, withinSeconds]);
    return rows.length > 0;
  } finally {
    await client.end().catch(() => undefined);
  }
}
