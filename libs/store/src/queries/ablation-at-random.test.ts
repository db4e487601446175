import { axesOf, type AblationName } from '@elucidate/experiment/ablations';
import { canonical } from '@elucidate/experiment/canonical';
import { labelOf } from '@elucidate/experiment/labels';
import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import { parameterNames } from '@elucidate/experiment/parameters';
import type { Estimate } from '@elucidate/experiment/tables';
import { baseConfig, cosine, insertSweep, type CellRow } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { ablationTable, type Fixed } from './ablation.js';

/** The tables of random sweeps, against a reading of all their cells and of the view that computes their scores. */

const store = useDatabase();

let seed = 20_261_127;
const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
const pick = <T>(values: readonly T[]): T => values[random(values.length)]!;

const domains = {
  schedule: [baseConfig.schedule, cosine, { ...cosine, start: 0.2 }],
  inputScale: [1, 0.5, 0.25],
  sampler: [baseConfig.sampler, { kind: 'ddim', eta: 0 }, { kind: 'ddim', eta: 1 }],
  steps: [10, 5],
  // some cells lack it
  parameterisation: ['eps', 'v', undefined],
} as const;

/** Quarters: sums of their means are exact, in whatever order. */
const score = (): number => (random(9) === 0 ? pick([NaN, Infinity]) : random(8) / 4);

/** Part of a grid, in any order of its axes, with trials of several evaluators and numbers of images. */
function randomCells(): CellRow[] {
  const varied = (Object.keys(domains) as (keyof typeof domains)[]).filter(() => random(3) > 0);
  let configs: Record<string, unknown>[] = [baseConfig];
  for (const key of varied.sort(() => random(3) - 1)) configs = configs.flatMap((config) => domains[key].slice(0, 1 + random(3)).map((value) => ({ ...config, [key]: value })));
  const some = configs.filter(() => random(4) > 0);
  return (some.length > 0 ? some : configs).map((config, i) => ({
    id: `c${i}`, config: JSON.parse(JSON.stringify(config)) as Record<string, unknown>,
    trials: Array.from({ length: random(4) }, () => (random(4) === 0 ? {} : { fid: score(), ...(random(2) ? { precision: score() } : {}), evaluator: pick(['e', 'e', 'f']), n: pick([64, 64, 128]) })),
  }));
}

interface Scored extends Estimate {
  cellId: string;
  evaluator: string;
  images: number;
}

interface Question {
  sweepId: string;
  name: AblationName;
  metric: string;
  fixed: Fixed;
}

/** Labels of the table, its rows and columns, and its means, by reading everything; null if there is no such table. */
async function fromAllCells({ sweepId, name, metric, fixed }: Question) {
  const { row, column } = axesOf(name)!;
  const cells = await store.db.query<{ id: string; config: Record<string, unknown> }[]>('select id, config from cells where sweep_id = $1 order by position', [sweepId]);
  const all = await store.db.query<Scored[]>(`select cell_id as "cellId", evaluator, images, mean, stddev, min, max, count::int, diverged::int, n, "real" from cell_scores where sweep_id = $1 and metric = $2 and mean is not null order by images desc, evaluator`, [sweepId, metric]);
  const scores = all.filter(({ evaluator, images }) => evaluator === all[0]!.evaluator && images === all[0]!.images);
  const tables = new Map<string, { fixed: Record<string, string>; cells: typeof cells }>();
  for (const cell of cells) {
    const others = Object.fromEntries(Object.entries(cell.config).filter(([key]) => key !== row && key !== column));
    const labels = Object.fromEntries(parameterNames.filter((key) => others[key] !== undefined).map((key) => [key, labelOf(key, others[key])]));
    const table = tables.get(canonical(others)) ?? { fixed: labels, cells: [] };
    table.cells.push(cell);
    tables.set(canonical(others), table);
  }
  const wanted = [...tables.values()].filter((table) => Object.entries(fixed).every(([key, label]) => table.fixed[key] === label));
  const entriesOf = (table: (typeof wanted)[number]) => scores.filter(({ cellId }) => table.cells.some(({ id }) => id === cellId));
  const meanOf = (table: (typeof wanted)[number]) => entriesOf(table).reduce((sum, { mean }) => sum + mean, 0) / entriesOf(table).length;
  const [best] = wanted.sort((a, b) => entriesOf(b).length - entriesOf(a).length || (higherIsBetter(metric) ? -1 : 1) * (meanOf(a) - meanOf(b)) || 0);
  if (best === undefined) return null;
  const labels = (key: typeof row) => [...new Set(best.cells.map(({ config }) => labelOf(key, config[key] ?? null)))];
  const at = (r: string, c: string) => best.cells.find(({ config }) => labelOf(row, config[row] ?? null) === r && labelOf(column, config[column] ?? null) === c);
  const choices = parameterNames.map((key) => [key, [...new Set([...tables.values()].flatMap((table) => table.fixed[key] ?? []))]] as const);
  const shown = labels(row).map((r) => labels(column).map((c) => scores.find(({ cellId }) => cellId === at(r, c)?.id)));
  return {
    fixed: best.fixed, rows: labels(row), columns: labels(column),
    cells: shown.map((line) => line.map((entry) => entry && [entry.mean, entry.min, entry.max, entry.count, entry.diverged, entry.n, entry.real])),
    evaluator: shown.flat().find((entry) => entry !== undefined)?.evaluator ?? null,
    choices: Object.fromEntries(choices.filter(([, known]) => known.length > 1)),
  };
}

async function asked(question: Question) {
  const table = await ablationTable(store.db, question).catch((error: { code?: string }) => {
    if (error.code !== 'not_found') throw error;
    return null;
  });
  if (table === null) return null;
  const { fixed, rows, columns, cells, evaluator, choices } = table;
  return { fixed, rows, columns, cells: cells.map((line) => line.map((entry) => entry?.mean === undefined ? undefined : [entry.mean, entry.min, entry.max, entry.count, entry.diverged, entry.n, entry.real])), evaluator, choices };
}

const names = ['noise-schedule', 'input-scale', 'sampler', 'steps-by-schedule', 'parameterisation-by-sampler'] as const;

async function questionsOf(sweepId: string): Promise<Question[]> {
  const questions: Question[] = [];
  for (const name of names) {
    const metric = pick(['fid', 'precision', 'kid']);
    const { choices } = await ablationTable(store.db, { sweepId, name, metric });
    const fixed = Object.fromEntries(Object.entries(choices).filter(() => random(2) === 0).map(([key, labels]) => [key, pick(labels)]));
    questions.push({ sweepId, name, metric, fixed: {} }, { sweepId, name, metric, fixed }, { sweepId, name, metric, fixed: { ...fixed, steps: '7' } });
  }
  return questions;
}

test.each(Array.from({ length: 12 }, (_, i) => i))('random sweep %i: its tables are those that reading every cell gives, and so they stay while scores come and go', async (i) => {
  const sweepId = `random-${i}`;
  await insertSweep(store.db, sweepId, randomCells());
  const questions = await questionsOf(sweepId);
  const stages = await store.db.query<{ id: string }[]>(`select stage_id as id from sweep_stages where sweep_id = $1 and stage_id like 'score-%' order by 1`, [sweepId]);
  for (let round = 0; round < 3; round++) {
    for (const question of questions) expect([question, await asked(question)]).toEqual([question, await fromAllCells(question)]);
    for (const { id } of stages.filter(() => random(3) === 0)) {
      await store.db.query('delete from metrics where stage_id = $1', [id]);
      if (random(2) === 0) await store.db.query(`insert into metrics (stage_id, name, value, n, evaluator) values ($1, 'fid', $2, 64, 'e')`, [id, score()]);
      await store.db.query(`update stages set state = case state when 'done' then 'failed' else 'done' end where id = $1`, [id]);
    }
  }
});

test('a sweep whose cells have changed has the tables of the new cells', async () => {
  const cells = (samplers: readonly unknown[], steps: readonly number[]): CellRow[] => samplers.flatMap((sampler, i) => steps.map((step) => ({ id: `${i}-${step}`, config: { ...baseConfig, sampler, steps: step }, trials: [{ fid: step }] })));
  await insertSweep(store.db, 'edited', cells(domains.sampler.slice(0, 2), [5, 10]));
  expect(await ablationTable(store.db, { sweepId: 'edited', name: 'sampler', metric: 'fid' })).toMatchObject({ rows: ['heun', 'ddim(eta 0)'], columns: ['5', '10'] });
  await store.db.query(`delete from cells where sweep_id = 'edited' and id like '0-%'`);
  await store.db.query(`insert into cells select sweep_id, '1-20', 9, jsonb_set(config, '{steps}', '20') from cells where sweep_id = 'edited' and id = '1-10'`);
  await store.db.query(`insert into changed_sweeps (sweep_id) values ('edited')`);
  const table = await ablationTable(store.db, { sweepId: 'edited', name: 'sampler', metric: 'fid' });
  expect(table).toMatchObject({ rows: ['ddim(eta 0)'], columns: ['5', '10', '20'] });
  expect(table.cells.map((row) => row.map((cell) => cell?.mean))).toEqual([[5, 10, undefined]]);
});
