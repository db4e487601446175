import { setTimeout as sleep } from 'node:timers/promises';
import { counted, said } from '../effects.js';
import { replace } from '../targets.js';
import type { Scenario } from '../scenario.js';

/** Loaded before a worker and its stage processes: their code of stages of kind `score` is one version older. */
const hooks = `
  export async function load(url, context, next) {
    const loaded = await next(url, context);
    if (!/stage-kinds\\/score\\.js$/.test(url)) return loaded;
    return { ...loaded, source: String(loaded.source).replace(/codeVersion: (\\d+)/, (_, version) => 'codeVersion: ' + (version - 1)) };
  }`;
const data = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const older = data(`import { register } from 'node:module'; register(${JSON.stringify(data(hooks))});`);

export const olderCode: Scenario = {
  id: 'V1', title: 'one worker has older code for stages of one kind', queues: ['postgres', 'redis'], short: true,
  // it takes little else, so that one of these comes to it
  workers: async () => [{ args: ['--kinds', 'embed,score'], env: { NODE_OPTIONS: `--import ${older}` } }, {}],
  async fault() {
    await sleep(2000);
    return { effect: said(/needs code version \d+, this worker has/) };
  },
  expected: { uncounted: true },
};

/** What a migration of a newer version leaves: its name. */
const migration = { name: 'NewerVersion9999999999999' };

export const newerSchema: Scenario = {
  id: 'V2', title: 'the schema becomes newer than API and workers, which stop; then those of the new version start', queues: ['postgres'],
  async fault({ fleet }) {
    const { database, workers } = fleet;
    const processes = [fleet.api(), ...workers];
    await database.rows(`insert into schema_migrations (timestamp, name) values (9999999999999, $1)`, [migration.name]);
    const ends = await Promise.race([Promise.all(processes.map(({ ended }) => ended)), sleep(60_000, null, { ref: false })]);
    await database.rows('delete from schema_migrations where name = $1', [migration.name]);
    await fleet.startApi();
    for (const worker of [...workers]) await replace(fleet, worker);
    const effect = counted(ends?.length ?? 0, 'API and workers stopped');
    if (ends === null) return { effect, problems: ['API and workers had not stopped after 60 s'] };
    return { effect, problems: ends.filter(({ code }) => code !== 3).map(({ code, signal }) => `a process ended with ${signal ?? code}, not with 3`) };
  },
  expected: { uncounted: true },
};
