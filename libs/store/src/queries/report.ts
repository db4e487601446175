import type { Provenance } from '@elucidate/experiment/execution';
import type { StageKind } from '@elucidate/experiment/stages';
import { pageOf, parseCursor, rows, type Page, type Queryable } from '../queryable.js';
import { summarise } from './summaries.js';

/** The preview images of one cell, of its first seeds that have been sampled. */
export interface CellSheetRow {
  cellId: string;
  config: Record<string, unknown>;
  trainSeed: number;
  sampleSeed: number;
  /** The sample stage that produced them. */
  stageId: string;
  /** Artifact of the PNG. */
  hash: string;
  /** Artifact of the PNG of the nearest training image of each; null unless a metric that needs the training images has been scored. */
  neighbours: string | null;
}

export interface CellSheetsQuestion extends Page {
  sweepId: string;
}

/** One preview per cell that has one, in the order of the plan. Found by way of the stages that are done, whatever the size of the sweep. */
export async function cellSheets(db: Queryable, { sweepId, limit = 50, cursor }: CellSheetsQuestion): Promise<{ sheets: CellSheetRow[]; nextCursor: string | null }> {
  const after = parseCursor(cursor);
  await summarise(db, sweepId);
  const found = await rows<CellSheetRow & { id: string; at: number }>(db, `
    select ss.position as at, c.id, c.id as "cellId", c.config, f.train_seed as "trainSeed", f.sample_seed as "sampleSeed", f.stage_id as "stageId", f.hash,
      (select (select o.hash from stage_outputs o where o.stage_id = s.stage_id and o.name = 'neighbours') from trial_stages s where s.trial_id = f.trial_id and s.role = 'score') as neighbours
    from sweep_stages ss
    -- stage by stage, in order, until there are enough: what "offset 0" and "limit 1" see to. Stages of other kinds, which any number of trials share, are passed over
    cross join lateral (
      select c.id, c.config from trial_stages ts join trials t on t.id = ts.trial_id and t.sweep_id = ss.sweep_id join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id
      where ts.stage_id = (select s.id from stages s where s.id = ss.stage_id and s.kind = 'sample') and ts.role = 'sample' offset 0) c
    cross join lateral (
      select * from (
        select own.id as trial_id, own.train_seed, own.sample_seed, o.stage_id, o.hash, min(place.position) over () as first
        from trials own join trial_stages s on s.trial_id = own.id and s.role = 'sample'
        join sweep_stages place on place.sweep_id = own.sweep_id and place.stage_id = s.stage_id and place.counted = 'done'
        join stage_outputs o on o.stage_id = s.stage_id and o.name = 'sheet'
        where own.sweep_id = ss.sweep_id and own.cell_id = c.id) previews
      where first = ss.position order by train_seed, sample_seed limit 1) f
    where ss.sweep_id = $1 and ss.counted = 'done' and ss.position >= $2 and (ss.position, c.id) > ($2, $3)
    order by ss.position, c.id limit $4`, [sweepId, after?.at ?? -1, after?.id ?? '', limit + 1]);
  const { items, nextCursor } = pageOf<CellSheetRow & { id: string }>(found, limit);
  return { sheets: items.map(({ cellId, config, trainSeed, sampleSeed, stageId, hash, neighbours }) => ({ cellId, config, trainSeed, sampleSeed, stageId, hash, neighbours })), nextCursor };
}

/** One way in which stages of a kind were computed, with the number of such stages. */
export interface ProvenanceRow {
  kind: StageKind;
  codeVersion: number;
  provenance: Provenance | null;
  stages: number;
}

export interface ProvenanceQuestion {
  sweepId: string;
  /** Stages looked at at either end of the plan. */
  most?: number;
}

/** How finished stages of a sweep were computed, by kind, in the order of its plan: all of them, or the first and last `most` of a larger number. */
export async function provenanceOf(db: Queryable, { sweepId, most = 1000 }: ProvenanceQuestion): Promise<ProvenanceRow[]> {
  await summarise(db, sweepId);
  const end = (order: 'asc' | 'desc'): string => `(select stage_id, position from sweep_stages where sweep_id = $1 and counted = 'done' order by position ${order} limit $2)`;
  return rows(db, `
    select s.kind, s.code_version as "codeVersion", s.provenance, count(*)::int as stages
    from (${end('asc')} union ${end('desc')}) looked join stages s on s.id = looked.stage_id
    group by 1, 2, 3 order by min(looked.position)`, [sweepId, most]);
}
