import type { Store } from '@elucidate/store/store';
import { enterStages } from './enter-stages.js';
import type { PlanChunk, PlanTable } from './plan-chunks.js';
import { run } from './sql.js';

/** $1: the edit, $2: rows as JSON. */
const statements: Readonly<Record<PlanTable, string>> = {
  cells: 'insert into edit_cells (edit_id, id, position, config) select $1, id, position, config from jsonb_to_recordset($2) as cell(id text, position int, config jsonb)',
  stages: `insert into edit_stages (edit_id, id, position, planned) select $1, stage->>'id', (stage->>'position')::int, stage from jsonb_array_elements($2) as stage`,
  trials: `insert into edit_trials (edit_id, cell_id, train_seed, sample_seed, stages)
    select $1, "cellId", "trainSeed", "sampleSeed", stages from jsonb_to_recordset($2) as trial("cellId" text, "trainSeed" int, "sampleSeed" int, stages jsonb)`,
};

export interface DraftOptions {
  editId: string;
  /** Whether the stages themselves are written too: not for a dry run. */
  keepsStages: boolean;
}

/** Writes a plan aside, as the draft of an edit. */
export async function planDraft(db: Store['db'], { editId, keepsStages }: DraftOptions, chunks: AsyncIterable<PlanChunk> | Iterable<PlanChunk>): Promise<void> {
  await run(db, 'insert into edits (id) values ($1)', [editId]);
  for await (const { table, rows: chunk } of chunks) {
    if (table === 'stages' && keepsStages) await enterStages(db, chunk);
    await run(db, statements[table], [editId, chunk]);
  }
}
