import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@elucidate/e2e/eventually';
import { counted } from '../effects.js';
import type { Fleet } from '../fleet.js';
import type { Scenario } from '../scenario.js';

/** A file system for the fleet's tables alone, so that only this database meets its end. */
const folderOf = ({ home }: Fleet): string => join(home, 'tables');
const megabytes = 64;
const fullS = 15;

/** Writes until nothing more fits. */
async function fill(file: string): Promise<void> {
  const stream = createWriteStream(file);
  const block = Buffer.alloc(1 << 20);
  await new Promise<void>((resolve) => {
    const write = (): void => void stream.write(block, (error) => (error ? resolve() : write()));
    stream.on('error', () => resolve());
    write();
  });
}

/** All tables and indexes; again if others stood in the way. */
async function move({ database }: Fleet, { from, to }: { from: string; to: string }): Promise<void> {
  for (const what of ['table', 'index']) {
    await eventually(`every ${what} in ${to}`, () => database.rows(`alter ${what} all in tablespace ${from} set tablespace ${to}`).then(() => true, ({ code }: { code?: string }) => code !== '40P01' && Promise.reject(new Error(`${what}: ${code}`))), 60_000);
  }
}

export const postgresDiskFull: Scenario = {
  id: 'P7', title: `the disk with the database's tables is full for ${fullS} s`, queues: ['postgres', 'redis'], needs: ['linux', 'root', 'own-postgres'],
  async prepare(fleet) {
    const folder = folderOf(fleet);
    await mkdir(folder);
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'elucidate-chaos', folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`mount: ${stderr}`);
    await fleet.database.rows(`create tablespace chaos_tables location '${folder}'`);
    await move(fleet, { from: 'pg_default', to: 'chaos_tables' });
  },
  async fault({ fleet }) {
    const ballast = join(folderOf(fleet), 'ballast');
    const client = await fleet.database.client();
    let refused = 0;
    for (let second = 0; second < fullS; second++) {
      // what somebody else gave back is taken too
      await fill(`${ballast}-${second}`);
      refused += await client.query('create table chaos_probe tablespace chaos_tables as select 1').then(() => 0, ({ code }: { code?: string }) => (code === '53100' ? 1 : 0));
      await sleep(1000);
    }
    await client.query('drop table if exists chaos_probe').catch(() => undefined);
    await client.end();
    for (let second = 0; second < fullS; second++) await rm(`${ballast}-${second}`, { force: true });
    return { effect: counted(refused, 'times the server had no space for a table') };
  },
  async clean(fleet) {
    if ((await fleet.database.rows(`select from pg_tablespace where spcname = 'chaos_tables'`)).length > 0) {
      await move(fleet, { from: 'chaos_tables', to: 'pg_default' });
      await fleet.database.rows('drop tablespace chaos_tables');
    }
    spawnSync('umount', [folderOf(fleet)]);
  },
  claims: 'tables',
};
