import { ElucidateError } from '@elucidate/experiment/errors';
import { parameterNames } from '@elucidate/experiment/parameters';
import { differingPaths, leavesOf, type Leaves, type Scalar } from '@elucidate/experiment/raw-columns';
import type { StageState } from '@elucidate/experiment/stages';
import { columnType, trialColumns, type TrialRecord, type TrialsPage } from '@elucidate/experiment/trials';
import { rows, type Page, type Queryable } from '../queryable.js';
import { metricsOfSweep } from './metrics.js';
import { summarise } from './summaries.js';
import { sweepAxes } from './sweep-axes.js';

export interface TrialsQuestion extends Page {
  sweepId: string;
}

interface Found {
  position: number;
  cell: string;
  /** null: the sweep was edited a moment ago. */
  place: number[] | null;
  trainSeed: number;
  sampleSeed: number;
  train: string | null;
  sample: string | null;
  score: string | null;
  state: StageState | null;
  /** Of the score stage, the baselines of real images among them. */
  names: string[] | null;
  values: number[] | null;
  n: number | null;
  evaluator: string | null;
  nfe: number | null;
  outside: number | null;
  /** JSON, of levels that were optimised for this trial's network. */
  levels: string | null;
  loss: number | null;
}

/** Where a page ended: a cell's position and the seeds of its trial. */
type Place = readonly [position: number, trainSeed: number, sampleSeed: number];

function placeOf(cursor: string | undefined): Place {
  if (cursor === undefined) return [-1, -1, -1];
  const match = /^(\d{1,9})\.(\d{1,10})\.(\d{1,10})$/.exec(cursor);
  if (!match) throw new ElucidateError('request.invalid', `cursor "${cursor}" is none of ours; use the nextCursor of the page before`);
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** The trials after a place, which is that of a trial of the first cell looked at, each with its stages and what they measured; found by index, whatever the size of the sweep. */
const trialsAfter = (db: Queryable, sweepId: string, { after, limit }: { after: Place; limit: number }): Promise<Found[]> => rows<Found>(db, `
  select page.position, page.cell_id as cell, p.place, page.train_seed as "trainSeed", page.sample_seed as "sampleSeed", role.train, role.sample, role.score, s.state,
    m.names, m.values, m.n, m.evaluator, nfe.value as nfe, outside.value as outside, (chosen.details -> 'sigmas')::text as levels, loss.value as loss
  from (
    select c.position, c.id as cell_id, t.id, t.train_seed, t.sample_seed
    from (select id, position from cells where sweep_id = $1 and position >= $2 order by position limit $5 + 1) c join trials t on t.sweep_id = $1 and t.cell_id = c.id
    where (c.position, t.train_seed, t.sample_seed) > ($2::integer, $3::bigint, $4::bigint)
    order by c.position, t.train_seed, t.sample_seed limit $5) page
  left join cell_places p on p.sweep_id = $1 and p.cell_id = page.cell_id
  cross join lateral (
    select max(stage_id) filter (where role = 'train') as train, max(stage_id) filter (where role = 'sample') as sample, max(stage_id) filter (where role = 'score') as score,
      max(stage_id) filter (where role = 'levels') as levels
    from trial_stages where trial_id = page.id) role
  left join stages s on s.id = role.score
  left join lateral (
    select array_agg(name) as names, array_agg(value) as values, max(n) as n, max(evaluator) as evaluator from metrics where stage_id = role.score and name !~ '_trajectory$') m on true
  left join metrics nfe on nfe.stage_id = role.sample and nfe.name = 'nfe'
  left join metrics outside on outside.stage_id = role.sample and outside.name = 'noise_levels_out_of_range'
  left join metrics chosen on chosen.stage_id = role.levels and chosen.name = 'teacher_nfe'
  left join metrics loss on loss.stage_id = role.train and loss.name = 'loss'
  order by page.position, page.train_seed, page.sample_seed`, [sweepId, ...after, limit]);

/** What all pages of a sweep share. */
interface Frame {
  columns: string[];
  types: TrialsPage['types'];
  /** Whether levels are chosen for some of its trials. */
  levels: boolean;
  metrics: readonly string[];
  /** By dimension of a cell's place, and place on it. */
  leaves: readonly (readonly Leaves[])[];
  paths: readonly string[];
}

/** Parameters as their table has them, then the rest. */
const orderOf = (key: string): number => ([...parameterNames, key] as string[]).indexOf(key);

async function frameOf(db: Queryable, sweepId: string): Promise<Frame> {
  await summarise(db, sweepId);
  const [axes, metrics] = [await sweepAxes(db, sweepId), await metricsOfSweep(db, sweepId)];
  const varying = [...axes].filter(([, { dimension }]) => dimension !== null).sort(([, a], [, b]) => a.dimension! - b.dimension!);
  const inTableOrder = varying.toSorted(([a], [b]) => orderOf(a) - orderOf(b));
  const paths = inTableOrder.flatMap(([key, { values }]) => differingPaths(key, values));
  const levels = axes.get('discretisation')?.values.some(isOptimised) ?? false;
  const columns = trialColumns(paths, metrics, { levels });
  const valuesAt = (path: string): Scalar[] => varying.filter(([key]) => path === key || path.startsWith(`${key}.`)).flatMap(([key, { values }]) => values.map((value) => leavesOf(key, value).get(path) ?? null));
  const types = Object.fromEntries(columns.map((column) => [column, columnType(column, paths.includes(column) ? valuesAt(column) : [])]));
  return { columns, types, levels, metrics, paths, leaves: varying.map(([key, { values }]) => values.map((value) => leavesOf(key, value))) };
}

const isOptimised = (discretisation: unknown): boolean => (discretisation as { kind?: string } | null)?.kind === 'optimised';

function recordOf(found: Found, { levels: hasLevels, metrics, leaves, paths }: Frame): TrialRecord {
  const at = new Map(leaves.flatMap((values, dimension) => [...(values[found.place?.[dimension] ?? -1] ?? [])]));
  const measured = new Map((found.names ?? []).map((name, i) => [name, found.values![i]!]));
  const scores = metrics.flatMap((metric) => [metric, `${metric}_real`]).map((name): [string, Scalar] => [name, measured.get(name) ?? null]);
  const { cell, trainSeed, sampleSeed, state, n, evaluator, nfe, outside, levels, loss, train, sample, score } = found;
  return {
    cell, ...Object.fromEntries(paths.map((path) => [path, at.get(path) ?? null])), train_seed: trainSeed, sample_seed: sampleSeed, state,
    ...Object.fromEntries(scores), diverged: measured.size === 0 ? null : metrics.some((metric) => measured.has(metric) && !Number.isFinite(measured.get(metric))),
    n, evaluator, nfe, noise_levels_out_of_range: outside, ...(hasLevels && { levels }), loss, train_stage: train, sample_stage: sample, score_stage: score,
  };
}

function pageOf(found: readonly Found[], frame: Frame, limit: number): TrialsPage {
  const last = found.length > limit ? found[limit - 1]! : undefined;
  return { columns: frame.columns, types: frame.types, trials: found.slice(0, limit).map((trial) => recordOf(trial, frame)), nextCursor: last ? `${last.position}.${last.trainSeed}.${last.sampleSeed}` : null };
}

/** A page of a sweep's trials, in the order of its grid, then of its seeds. Throws 'request.invalid' for a foreign cursor. */
export async function trialsPage(db: Queryable, { sweepId, limit = 50, cursor }: TrialsQuestion): Promise<TrialsPage> {
  const after = placeOf(cursor);
  const frame = await frameOf(db, sweepId);
  return pageOf(await trialsAfter(db, sweepId, { after, limit: limit + 1 }), frame, limit);
}

/** All trials of a sweep, page by page: never more than two pages are in memory. */
export async function* allTrials(db: Queryable, sweepId: string, pageSize = 1000): AsyncGenerator<TrialsPage> {
  const frame = await frameOf(db, sweepId);
  let cursor: string | undefined;
  do {
    const page = pageOf(await trialsAfter(db, sweepId, { after: placeOf(cursor), limit: pageSize + 1 }), frame, pageSize);
    yield page;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
