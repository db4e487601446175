import { stageId } from '@elucidate/experiment/canonical';
import { continues, lengthsOf } from '@elucidate/experiment/halving';
import type { Spec } from '@elucidate/experiment/spec';
import type { StageParams } from '@elucidate/experiment/stages';
import type { Store } from '@elucidate/store/store';
import type { ClaimedStage } from './lease.js';
import { rows } from './sql.js';

/** What a training has to do with shorter and longer ones. */
export interface TrainingState {
  /** The state at the end of the longest training that is the beginning of this one and kept it: sha256; absent if there is none. */
  start?: string;
  /** Whether its own state is kept, for a longer one. */
  keep: boolean;
}

/**
 * For a training in a sweep with halving: where it goes on from, and whether others may go on from it. Its name and its result are the same whether it goes on or starts from nothing.
 * Shorter training runs are found by their ids, computed from the lengths of one sweep that has the stage, the newest.
 */
export async function trainingState(db: Store['db'], { stageId: id, kind, codeVersion, params }: Pick<ClaimedStage, 'stageId' | 'kind' | 'codeVersion' | 'params'>): Promise<TrainingState> {
  if (kind !== 'train') return { keep: false };
  const sweeps = await rows<Pick<Spec, 'race' | 'train'>>(db, `
    select w.spec->'race' as race, w.spec->'train' as train from sweep_stages ss join sweeps w on w.id = ss.sweep_id
    where ss.stage_id = $1 and w.spec->'race'->>'kind' = 'halving' order by w.created_at desc limit 1`, [id]);
  const own = params as StageParams<'train'>;
  if (sweeps.length === 0 || !continues(own)) return { keep: false };
  const lengths = sweeps.flatMap(lengthsOf);
  const shorter = lengths.filter((images) => images < own.images).map((images) => stageId({ kind, codeVersion, params: { ...own, images }, inputs: {} })).reverse();
  const [found] = shorter.length === 0 ? [] : await rows<{ hash: string }>(db, `
    select o.hash from unnest($1::text[]) with ordinality as wanted(id, place) join stages s on s.id = wanted.id and s.state = 'done'
    join stage_outputs o on o.stage_id = s.id and o.name = 'state' order by wanted.place limit 1`, [shorter]);
  return { keep: lengths.some((images) => images > own.images), ...(found !== undefined && { start: found.hash }) };
}
