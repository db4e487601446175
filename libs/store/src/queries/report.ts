import type { Provenance } from '@elucidate/experiment/execution';
import type { StageKind } from '@elucidate/experiment/stages';
import { rows, type Queryable } from '../queryable.js';

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

export interface CellSheetsQuestion {
  sweepId: string;
  limit: number;
}

/** One preview per cell, in the order of the grid, and how many cells have one. */
export async function cellSheets(db: Queryable, { sweepId, limit }: CellSheetsQuestion): Promise<{ sheets: CellSheetRow[]; total: number }> {
  const found = await rows<CellSheetRow & { total: number }>(db, `
    with first as (
      select distinct on (t.cell_id) t.cell_id, t.train_seed, t.sample_seed, o.stage_id, o.hash
      from trials t join trial_stages s on s.trial_id = t.id and s.role = 'sample' join stage_outputs o on o.stage_id = s.stage_id and o.name = 'sheet'
      where t.sweep_id = $1 order by t.cell_id, t.train_seed, t.sample_seed)
    select f.cell_id as "cellId", c.config, f.train_seed as "trainSeed", f.sample_seed as "sampleSeed", f.stage_id as "stageId", f.hash, count(*) over ()::int as total
    from first f join cells c on c.sweep_id = $1 and c.id = f.cell_id order by c.position limit $2`, [sweepId, limit]);
  return { sheets: found.map(({ cellId, config, trainSeed, sampleSeed, stageId, hash }) => ({ cellId, config, trainSeed, sampleSeed, stageId, hash })), total: found[0]?.total ?? 0 };
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
