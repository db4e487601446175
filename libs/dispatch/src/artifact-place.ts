import { hostname } from 'node:os';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Store } from '@elucidate/store/store';
import { rows, type Sql } from './sql.js';

/** A place that no worker has named for so long may be given up for another. */
const forgottenAfterSeconds = 120;

/**
 * Makes this store the one that the installation's artifacts are in, or says that it still is. Another takes over only when no worker
 * uses the old one any more and nothing would be lost by it: it is the old one made again, it has the files that were made last, or none
 * were; or with `adopt`. Throws 'artifact.unshared', 'disk.full', 'folder.unusable'.
 */
export async function requireSharedArtifacts({ db, artifacts }: Store, adopt = false): Promise<void> {
  const { id } = await artifacts.check();
  if (id === '') return;
  const name = `${artifacts.name} on ${hostname()}`;
  let place = await registerPlace(db, { id, name, adopt });
  if (!place.mine && (await hasRecentOutputs({ db, artifacts }))) place = await registerPlace(db, { id, name, adopt: 'when forgotten' });
  if (!place.mine) throw new ElucidateError('artifact.unshared', `Artifacts of this installation are in ${place.name}, not in ${name}: other workers could not read what this one makes. Let ELUCIDATE_ARTIFACTS name the folder that all share; if the old one is lost, start one worker with --adopt-artifacts`);
}

interface Registration {
  id: string;
  name: string;
  adopt: boolean | 'when forgotten';
}

async function registerPlace(db: Sql, { id, name, adopt }: Registration): Promise<{ mine: boolean; name: string }> {
  const [place] = await rows<{ mine: boolean; name: string }>(db, `
    with mine as (
      insert into artifact_place as p (id, name) values ($1, $2)
      on conflict (singleton) do update set id = excluded.id, name = excluded.name, seen_at = clock_timestamp()
      where p.id = excluded.id or $3 or p.seen_at < clock_timestamp() - $5 * interval '1 s'
        and ($4 or p.name = excluded.name or not exists (select from stage_outputs))
      returning id)
    select exists (select from mine) as mine, coalesce((select name from artifact_place), '') as name`,
  [id, name, adopt === true, adopt === 'when forgotten', forgottenAfterSeconds]);
  return place ?? { mine: false, name: '' };
}

/** Whether any of the files made last is in the store. */
async function hasRecentOutputs({ db, artifacts }: Pick<Store, 'db' | 'artifacts'>): Promise<boolean> {
  const recent = await rows<{ hash: string }>(db, `select o.hash from stage_outputs o join stages s on s.id = o.stage_id where s.state = 'done' order by s.ended_at desc limit 20`);
  return (await artifacts.hasMany(recent.map(({ hash }) => hash))).size > 0;
}
