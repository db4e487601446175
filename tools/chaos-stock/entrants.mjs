/** The systems beside ours: how each gets its cells, and how one of its workers is started. */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Ours has leases of 4 s too. */
export const lockMs = 4000;

const bullmq = (backend) => {
  const setup = ({ databaseUrl, redis, cellMs }) => JSON.stringify({ backend, databaseUrl, redisUrl: redis?.url, lockMs, cellMs });
  return {
    usesRedis: backend === 'redis',
    whyNot: () => null,
    async submit(place) {
      const [code] = await once(fork(here('bullmq-worker.mjs'), [setup(place), 'produce', String(place.cells)]), 'exit');
      if (code !== 0) throw new Error(`the producer ended with ${code}`);
    },
    async startWorker(place) {
      const child = fork(here('bullmq-worker.mjs'), [setup(place)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      await once(child, 'message');
      return child;
    },
  };
};

const python = 'python3';
/** Debian's packages are those of the system's Python, whichever else is first on the PATH. */
const pythons = ['/usr/bin/python3', python];
const withOptuna = () => pythons.find((name) => spawnSync(name, ['-c', 'import optuna, psycopg2']).status === 0);

const optuna = (storage) => {
  const args = (place, what) => [here('optuna_worker.py'), storage(place), String(place.cells), String(place.cellMs / 1000), place.databaseUrl, what];
  return {
    usesRedis: false,
    whyNot: () => (withOptuna() === undefined ? 'needs Optuna and psycopg2 (apt install python3-optuna python3-psycopg2)' : null),
    async submit(place) {
      const [code] = await once(spawn(withOptuna(), args(place, 'create'), { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
      if (code !== 0) throw new Error(`creating the study ended with ${code}`);
    },
    startWorker: async (place) => spawn(withOptuna(), args(place, 'work'), { stdio: ['ignore', 'ignore', 'ignore'] }),
  };
};

export const entrants = {
  'BullMQ on Redis': bullmq('redis'),
  'BullMQ on Postgres': bullmq('postgres'),
  'Optuna grid on Postgres': optuna(({ databaseUrl }) => databaseUrl),
  'Optuna grid on a journal': optuna(({ folder }) => `journal:${join(folder, 'journal.log')}`),
};
