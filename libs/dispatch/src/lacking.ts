import { canonical } from '@elucidate/experiment/canonical';
import type { ElucidateError, ErrorCode } from '@elucidate/experiment/errors';
import { archivesOf, programsIn } from '@elucidate/experiment/programs-in';
import type { StageKind } from '@elucidate/experiment/stages';
import type { WorkerProblem } from '@elucidate/store/entities/worker';
import { isLive } from '@elucidate/store/live-worker';
import { needColumns } from '@elucidate/store/stage-needs';
import type { ClaimedStage } from './lease.js';
import { rows, run, type Sql } from './sql.js';

/** What a stage cannot run without, and only some workers may have. */
export type Need =
  /** A data set, as the sweep names it. */
  | { readonly name: 'dataset'; readonly value: unknown }
  /** What a program needs besides its own files: its interpreter, packages, a GPU. By the sha256 of its archive. */
  | { readonly name: 'program'; readonly value: string };

interface DataParams {
  dataset?: unknown;
  extractor?: { dataset?: unknown };
}

const needIn: Partial<Readonly<Record<ErrorCode, (stage: ClaimedStage) => Need | undefined>>> = { 'data.missing': dataset, 'data.corrupt': dataset, 'program.needs_missing': program };

/** What the worker lacks that met this error; undefined for an error that says nothing about that. */
export const needOf = (stage: ClaimedStage, { code }: Pick<ElucidateError, 'code'>): Need | undefined => needIn[code]?.(stage);

/** None for stages that only read other stages. */
function dataset({ params }: ClaimedStage): Need | undefined {
  const value = datasetOf(params);
  return value === undefined ? undefined : { name: 'dataset', value };
}

function datasetOf(params: unknown): unknown {
  const { dataset: own, extractor } = params as DataParams;
  return own ?? extractor?.dataset;
}

/** Whether what a worker lacks is in the way of these stages; a problem that is of no data set or program always is. */
export const isInTheWayOf = (stages: readonly { params: unknown }[]) => ({ dataset: lacked, program: contents }: Pick<WorkerProblem, 'dataset' | 'program'>): boolean => {
  if (contents !== undefined) return stages.some(({ params }) => programsIn(params).includes(contents));
  return lacked === undefined || stages.some(({ params }) => canonical(datasetOf(params) ?? null) === canonical(lacked));
};

function program(stage: ClaimedStage): Need | undefined {
  const value = programOf(stage);
  return value === undefined ? undefined : { name: 'program', value };
}

/** The sha256 of the program that a stage runs: its own, or that of the stage it reads. */
export const programOf = ({ params, inputs }: Pick<ClaimedStage, 'params' | 'inputs'>): string | undefined =>
  archivesOf(params)['program']?.['program'] ?? Object.values(inputs).map((files) => files['program']).find((hash) => hash !== undefined);

/** Whether another live worker takes the kind and is not known to lack this. */
export async function anotherHas(sql: Sql, { workerId, kind, need }: { workerId: string; kind: StageKind; need: Need }): Promise<boolean> {
  const others = await rows(sql, `
    select 1 from workers w
    where w.id <> $1 and ${isLive('w')} and $2 = any(w.kinds)
      and not exists (select from jsonb_array_elements(w.set_aside) p where p -> $3 = $4::jsonb or (p -> 'kinds' ? $2 and not p ?| array['dataset', 'program']))
    limit 1`, [workerId, kind, need.name, JSON.stringify(need.value)]);
  return others.length > 0;
}

/** Lets the ready stages that need this wait: nobody has it. */
export const deferFor = (sql: Sql, { name, value }: Need, forMs: number): Promise<void> =>
  run(sql, `
    update stages s set not_before = greatest(coalesce(not_before, '-infinity'), clock_timestamp() + $2 * interval '1 ms')
    where state = 'ready' and ${needColumns[name]} = $1::jsonb`, [JSON.stringify(value), forMs]);
