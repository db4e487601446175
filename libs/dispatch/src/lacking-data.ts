import type { StageKind } from '@elucidate/experiment/stages';
import { rows, run, type Sql } from './sql.js';

interface DataParams {
  dataset?: unknown;
  extractor?: { dataset?: unknown };
}

/** The data set that a stage reads; undefined for those that only read other stages. */
export function datasetOf(params: unknown): unknown {
  const { dataset, extractor } = params as DataParams;
  return dataset ?? extractor?.dataset;
}

/** Whether another live worker takes the kind and is not known to lack the data set. */
export async function anotherHas(sql: Sql, { workerId, kind, dataset }: { workerId: string; kind: StageKind; dataset: unknown }): Promise<boolean> {
  const others = await rows(sql, `
    select 1 from workers w
    where w.id <> $1 and w.state = 'active' and w.seen_at > clock_timestamp() - interval '1 minute' and $2 = any(w.kinds)
      and not exists (select from jsonb_array_elements(w.set_aside) p where p -> 'dataset' = $3::jsonb or (p -> 'kinds' ? $2 and not p ? 'dataset'))
    limit 1`, [workerId, kind, JSON.stringify(dataset)]);
  return others.length > 0;
}

/** Lets the ready stages that need a data set wait: nobody has it. */
export const deferForData = (sql: Sql, dataset: unknown, forMs: number): Promise<void> =>
  run(sql, `
    update stages set not_before = greatest(coalesce(not_before, '-infinity'), clock_timestamp() + $2 * interval '1 ms')
    where state = 'ready' and coalesce(params -> 'dataset', params -> 'extractor' -> 'dataset') = $1::jsonb`, [JSON.stringify(dataset), forMs]);
