import { createInlineQueue } from '@elucidate/dispatch/inline';
import { migrate } from '@elucidate/store/migrate';
import { openStore, type Store } from '@elucidate/store/store';
import { join } from 'node:path';
import type { Size } from './row-table.js';
import type { Database, Servers } from './servers.js';
import { bringForward, submitGrid } from './sweep.js';

export interface Submitted {
  cells: number;
  stages: number;
  /** Planning and writing, s. */
  seconds: number;
}

/** Databases that rows copy, made when the first row needs them. */
export interface Templates {
  /** A sweep of this size; null: a database without sweeps. */
  of(size: Size | null): Promise<Database>;
  submitted: readonly Submitted[];
}

export function templatesOf(servers: Servers, say: (text: string) => void): Templates {
  const made = new Map<string, Promise<Database>>();
  const submitted: Submitted[] = [];

  const prepared = async (use: (store: Store) => Promise<void>, template?: Database): Promise<Database> => {
    const database = await servers.createDatabase(template);
    if (template === undefined) await migrate(database.url);
    const store = await openStore({ url: database.url, artifacts: join(servers.folder, 'artifacts'), poolSize: 3, onError: () => undefined });
    await use(store).finally(() => store.close());
    return database;
  };

  const sweepOf = (cells: number): Promise<Database> => prepared(async (store) => {
    const begun = performance.now();
    const { stages } = await submitGrid(store, createInlineQueue(), { cells });
    submitted.push({ cells, stages, seconds: (performance.now() - begun) / 1000 });
    say(`${cells} cells submitted in ${submitted.at(-1)!.seconds.toFixed(1)} s`);
  });

  const of = async (size: Size | null): Promise<Database> => {
    if (size === null) return once('empty', () => prepared(() => Promise.resolve()));
    const cells = size.thousands * 1000;
    const sweep = await once(`${cells}`, () => sweepOf(cells));
    return once(`${cells} ${size.donePercent}`, () => prepared(async (store) => {
      const [found] = await store.db.query<{ id: string }[]>('select id from sweeps');
      await bringForward(store, found!.id, { cellsDone: (cells * size.donePercent) / 100 });
    }, sweep));
  };

  const once = (key: string, make: () => Promise<Database>): Promise<Database> => {
    const database = made.get(key) ?? make();
    made.set(key, database);
    return database;
  };
  return { of, submitted };
}
