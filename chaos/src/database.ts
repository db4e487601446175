import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@elucidate/embedded/test-database';
import pg from 'pg';

/** The fleet's database, read from outside the fleet. */
export interface Database {
  url: string;
  /** Rows of a statement; waits while the server does not answer. */
  rows<T extends pg.QueryResultRow>(text: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** A connection of its own, for a fault that holds one. */
  client(): Promise<pg.Client>;
  drop(): Promise<void>;
}

const patienceMs = 120_000;
/** Of the SQLSTATEs, those that a later try may not meet: connection, resources, shutdown; others are ours. */
const passing = /^(08|53|57)/;

export async function openDatabase(): Promise<Database> {
  const { url, drop } = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 10_000 }).on('error', () => undefined);
  const rows: Database['rows'] = async <T extends pg.QueryResultRow>(text: string, parameters: readonly unknown[] = []) => {
    for (const deadline = Date.now() + patienceMs; ; await sleep(200)) {
      try {
        return (await pool.query<T>(text, [...parameters])).rows;
      } catch (error) {
        const { code } = error as { code?: string };
        if (Date.now() > deadline || (error instanceof pg.DatabaseError && !passing.test(code ?? ''))) throw error;
      }
    }
  };
  return {
    url, rows,
    client: async () => {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    drop: async () => {
      await pool.end();
      await drop();
    },
  };
}
