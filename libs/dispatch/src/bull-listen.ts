import { setTimeout as sleep } from 'node:timers/promises';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import pg from 'pg';
import { kindOfQueue, type JobNews } from './bull-backend.js';
import { aborted } from './repeatedly.js';

/** The channel on which BullMQ announces, by the name of its queue, that a job was added. */
const channel = 'bullmq_jobs';
/** Without news all kinds are looked at again after this long: news is lost only with a connection, and after a new one they are looked at at once. */
const askAgainMs = 120_000;
const reconnectMs = 1000;

/** Hears of jobs added to BullMQ's queues in a PostgreSQL, on one connection that is opened again whenever it is lost. */
export function listenToPostgres(connectionString: string, onError: (error: Error) => void): JobNews {
  const heard = new Set<StageKind>();
  const closing = new AbortController();
  let wake = (): void => undefined;
  const hear = (kinds: readonly StageKind[]): void => {
    for (const kind of kinds) heard.add(kind);
    wake();
  };
  const connecting = stayConnected({ connectionString, signal: closing.signal, hear, onError });

  return {
    async next(kinds, signal) {
      const news = (): StageKind[] => kinds.filter((kind) => heard.delete(kind));
      const now = news();
      if (now.length > 0) return now;
      const woken = new Promise<'woken'>((resolve) => {
        wake = () => {
          if (kinds.some((kind) => heard.has(kind))) resolve('woken');
        };
      });
      const over = new AbortController();
      const waited = sleep(askAgainMs, 'waited' as const, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => 'aborted' as const);
      const why = await Promise.race([woken, waited]);
      over.abort();
      if (why === 'aborted') return [];
      return why === 'woken' ? news() : kinds;
    },
    async close() {
      closing.abort();
      await connecting;
    },
  };
}

interface Listening {
  connectionString: string;
  signal: AbortSignal;
  hear(kinds: readonly StageKind[]): void;
  onError(error: Error): void;
}

async function stayConnected({ connectionString, signal, hear, onError }: Listening): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({ connectionString, keepAlive: true, keepAliveInitialDelayMillis: 10_000, connectionTimeoutMillis: 5000 });
    const lost = new Promise<void>((resolve) => {
      client.on('error', (error) => {
        onError(error);
        resolve();
      });
      client.on('end', () => resolve());
    });
    client.on('notification', ({ payload = '' }) => {
      const kind = kindOfQueue(payload);
      if (kind !== undefined) hear([kind]);
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      // what was added while nobody listened
      hear(stageKinds);
      await Promise.race([lost, aborted(signal)]);
    } catch (error) {
      onError(error as Error);
    }
    await Promise.race([client.end().catch(() => undefined), sleep(reconnectMs)]);
    if (!signal.aborted) await sleep(reconnectMs, undefined, { signal }).catch(() => undefined);
  }
}
