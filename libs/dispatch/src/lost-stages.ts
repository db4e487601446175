import type { Store } from '@elucidate/store/store';
import type { Lease } from './lease.js';
import { jsonText, rows, transition, type Sql } from './sql.js';

/** A stage that is done, under which token, and the hashes of its outputs. */
interface Done extends Lease {
  hashes: string[];
}

/** $1: a sweep. The inputs of its unfinished stages. */
const readByUnfinished = `
  select i.input_id from sweep_stages ss join stages s on s.id = ss.stage_id join stage_inputs i on i.stage_id = s.id
  where ss.sweep_id = $1 and s.state <> 'done'`;

/** $1: stages. Their inputs. */
const readByThese = 'select input_id from stage_inputs where stage_id = any($1)';

const doneAmong = (db: Sql, stages: string, argument: unknown): Promise<Done[]> =>
  rows<Done>(db, `
    select s.id as "stageId", s.token::int, array_remove(array_agg(o.hash), null) as hashes
    from stages s left join stage_outputs o on o.stage_id = s.id where s.id in (${stages}) and s.state = 'done' group by s.id`, [argument]);

/**
 * The stages of a sweep that are done and read by a stage still to run, but whose files are gone. Searches upwards from the stages still to run, one
 * generation of inputs at a time: a lost stage's own inputs are needed again too. Holds no transaction while it looks for files.
 */
export async function lostStages({ artifacts, db }: Store, sweepId: string): Promise<Lease[]> {
  const lost = new Map<string, Lease>();
  let read = await doneAmong(db, readByUnfinished, sweepId);
  while (read.length > 0) {
    const there = await artifacts.hasMany(read.flatMap(({ hashes }) => hashes));
    const gone = read.filter(({ stageId, hashes }) => !lost.has(stageId) && !hashes.every((hash) => there.has(hash)));
    for (const { stageId, token } of gone) lost.set(stageId, { stageId, token });
    read = gone.length === 0 ? [] : await doneAmong(db, readByThese, gone.map(({ stageId }) => stageId));
  }
  return [...lost.values()];
}

/** Starts these again, unless somebody has made their files meanwhile, and lets ready stages that read them wait; returns how many. */
export async function restartLost({ db }: Pick<Store, 'db'>, lost: readonly Lease[]): Promise<number> {
  if (lost.length === 0) return 0;
  const [answer] = await transition<{ restarted: number }>(db, 'call restart_lost($1, null)', [jsonText(lost)]);
  return answer?.restarted ?? 0;
}
