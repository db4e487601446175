import type { Store } from '@elucidate/store/store';
import { rows, type Sql } from './sql.js';

/** A stage that is done, and the hashes of its outputs. */
interface Done {
  id: string;
  hashes: string[];
}

/** $1: a sweep. The inputs of its unfinished stages. */
const readByUnfinished = `
  select i.input_id from sweep_stages ss join stages s on s.id = ss.stage_id join stage_inputs i on i.stage_id = s.id
  where ss.sweep_id = $1 and s.state <> 'done'`;

/** $1: stages. Their inputs. */
const readByThese = 'select input_id from stage_inputs where stage_id = any($1)';

const doneAmong = (tx: Sql, stages: string, argument: unknown): Promise<Done[]> =>
  rows<Done>(tx, `
    select s.id, array_remove(array_agg(o.hash), null) as hashes
    from stages s left join stage_outputs o on o.stage_id = s.id where s.id in (${stages}) and s.state = 'done' group by s.id`, [argument]);

/** The stages of a sweep that must restart: those that failed permanently or were cancelled, and done ones whose files are gone but are read by a stage still to run. */
export async function stagesToRevive(store: Store, tx: Sql, sweepId: string): Promise<string[]> {
  const ended = await rows<{ id: string }>(tx, `
    select s.id from sweep_stages ss join stages s on s.id = ss.stage_id
    where ss.sweep_id = $1 and s.state in ('failed', 'quarantined', 'cancelled')`, [sweepId]);
  return [...ended.map(({ id }) => id), ...(await lostStages(store, tx, sweepId))];
}

/** Searches upwards from the stages still to run, one generation of inputs at a time: a lost stage's own inputs are needed again too. */
async function lostStages({ artifacts }: Store, tx: Sql, sweepId: string): Promise<Set<string>> {
  const lost = new Set<string>();
  let read = await doneAmong(tx, readByUnfinished, sweepId);
  while (read.length > 0) {
    const there = await artifacts.hasMany(read.flatMap(({ hashes }) => hashes));
    const gone = read.filter(({ id, hashes }) => !lost.has(id) && !hashes.every((hash) => there.has(hash))).map(({ id }) => id);
    for (const id of gone) lost.add(id);
    read = gone.length === 0 ? [] : await doneAmong(tx, readByThese, gone);
  }
  return lost;
}
