import type { Provenance } from '@elucidate/experiment/execution';
import type { StageKind } from '@elucidate/experiment/stages';
import { pageOf, parseCursor, rows, type Page, type Queryable } from '../queryable.js';

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
}

export interface CellSheetsQuestion extends Page {
  sweepId: string;
}

/** One preview per cell that has one, in the order of the grid. */
export async function cellSheets(db: Queryable, { sweepId, limit = 50, cursor }: CellSheetsQuestion): Promise<{ sheets: CellSheetRow[]; nextCursor: string | null }> {
  const after = parseCursor(cursor);
  const found = await rows<CellSheetRow & { id: string; at: number }>(db, `
    select c.position as at, c.id, c.id as "cellId", c.config, f.train_seed as "trainSeed", f.sample_seed as "sampleSeed", f.stage_id as "stageId", f.hash
    from cells c cross join lateral (
      select t.train_seed, t.sample_seed, o.stage_id, o.hash
      from trials t join trial_stages s on s.trial_id = t.id and s.role = 'sample' join stage_outputs o on o.stage_id = s.stage_id and o.name = 'sheet'
      where t.sweep_id = c.sweep_id and t.cell_id = c.id order by t.train_seed, t.sample_seed limit 1) f
    where c.sweep_id = $1 and c.position > $2 order by c.position limit $3`, [sweepId, after?.at ?? -1, limit + 1]);
  const { items, nextCursor } = pageOf<CellSheetRow & { id: string }>(found, limit);
  return { sheets: items.map(({ cellId, config, trainSeed, sampleSeed, stageId, hash }) => ({ cellId, config, trainSeed, sampleSeed, stageId, hash })), nextCursor };
}

/** One way in which stages of a kind were computed, with the number of such stages. */
export interface ProvenanceRow {
  kind: StageKind;
  codeVersion: number;
  provenance: Provenance | null;
  stages: number;
}

/** How a sweep's finished stages were computed, by kind, in the order of its plan. */
export const provenanceOf = (db: Queryable, { sweepId }: { sweepId: string }): Promise<ProvenanceRow[]> => rows(db, `
  select s.kind, s.code_version as "codeVersion", s.provenance, count(*)::int as stages
  from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and s.state = 'done'
  group by 1, 2, 3 order by min(ss.position)`, [sweepId]);
