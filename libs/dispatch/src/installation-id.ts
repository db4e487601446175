import { createHash } from 'node:crypto';
import pg from 'pg';

/** A name for the installation in a database, the same for all its processes and different from any other's: of the server's identity and the database's number. A restored copy is another installation. */
export async function installationId(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  // a server that ends meanwhile: the query fails of itself
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ id: string }>(`select (select system_identifier from pg_control_system()) || ' ' || oid as id from pg_database where datname = current_database()`);
    return createHash('sha256').update(rows[0]!.id).digest('hex').slice(0, 12);
  } finally {
    await client.end().catch(() => undefined);
  }
}
