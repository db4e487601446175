import { mkdir, mkdtemp, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lease } from './lease.js';
import { rows, type Sql } from './sql.js';

/** The beginning of the name of an attempt's folder under work/. */
export const workFolderOf = ({ stageId, token }: Lease): string => `attempt-${stageId}-${token}-`;

/** A new folder for what an attempt writes, under work/. */
export async function makeWorkDir(lease: Lease, home: string): Promise<string> {
  const make = (): Promise<string> => mkdtemp(join(home, 'work', workFolderOf(lease)));
  return make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(join(home, 'work'), { recursive: true });
    return make();
  });
}

/** Removes a folder and what is in it. One that is empty or not there takes a single call of the system. What cannot be removed now is found by `clearWork` later. */
export const removeFolder = (folder: string): Promise<void> => rmdir(folder).catch(async ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'ENOENT') await rm(folder, { recursive: true, force: true }).catch(() => undefined);
});

const attemptFolder = /^attempt-([0-9a-f]{64})-(\d+)-/;
/** A folder is left alone for so long after its last change, and after its attempt ended: a worker that froze may still be using it. */
const oldAfterMs = 3_600_000;

/** Removes folders of attempts that ended long ago without removing them: their workers were killed. Returns how many. */
export async function clearWork(sql: Sql, home: string, olderThanMs = oldAfterMs): Promise<number> {
  const work = join(home, 'work');
  const found = (await readdir(work)).flatMap((name) => {
    const [, stageId, token] = attemptFolder.exec(name) ?? [];
    return stageId === undefined ? [] : [{ name, stageId, token: Number(token) }];
  });
  let removed = 0;
  for (const { name, ...lease } of found) {
    const { mtimeMs } = await stat(join(work, name)).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs < olderThanMs || !(await isOver(sql, lease, olderThanMs))) continue;
    await rm(join(work, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

/** An attempt that another database knows nothing of is not ours to judge. */
async function isOver(sql: Sql, { stageId, token }: Lease, olderThanMs: number): Promise<boolean> {
  const over = await rows(sql, `select 1 from attempts where stage_id = $1 and token = $2 and ended_at < clock_timestamp() - $3 * interval '1 ms'`, [stageId, token, olderThanMs]);
  return over.length > 0;
}
