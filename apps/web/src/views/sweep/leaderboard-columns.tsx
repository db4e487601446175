import type { ComponentChild } from 'preact';
import type { Schemas } from '../../api/client.js';
import { hrefOf } from '../../route/route.js';
import { absent, configLabel, differenceText, digits, estimateText, seedsText } from '@elucidate/experiment/estimate-text';
import { metricsIn } from '@elucidate/experiment/leaderboard';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { inGroup } from '@elucidate/experiment/render-leaderboard';
import { varyingKeys } from '@elucidate/experiment/varying-keys';

type Row = Schemas['LeaderboardRow'];

export type BoardRow = { kind: 'heading'; text: string } | { kind: 'row'; row: Row; best: boolean; metric: string | null };

export interface Column {
  title: string;
  /** Of the grid. */
  width: string;
  className: string;
  /** What the API sorts by it; null: the ranks. Absent: all rows of a group have the same. */
  sort?: string | null;
  cell: (row: Extract<BoardRow, { kind: 'row' }>) => ComponentChild;
}

/** Of what its scores are, short enough to be in view: "n = 256 images, evaluator f5078e8e, real-data baseline FID 2.23". */
function headingOf({ evaluator, n, bases }: Schemas['LeaderboardGroup']): string {
  if (evaluator === null) return 'Without a score to rank by';
  const baselines = bases.flatMap(({ metric, real }) => (real === null ? [] : [`${metricTitle(metric)} ${digits(metric, real.value)}`]));
  return `n = ${n} images, evaluator ${evaluator.slice(0, 8)}, real-data baseline ${baselines.join(', ') || absent}`;
}

/** What the scores of all pages rest on, each metric once. */
export function basesIn(pages: readonly Schemas['Leaderboard'][]): Schemas['LeaderboardGroup']['bases'] {
  const all = pages.flatMap(({ groups }) => groups.flatMap(({ bases }) => bases));
  return all.filter(({ evaluator, n, metric }, place) => all.findIndex((other) => other.evaluator === evaluator && other.n === n && other.metric === metric) === place);
}

/** The rows of all pages below each other; a heading where another evaluator or n begins. */
export function boardRows(pages: readonly Schemas['Leaderboard'][]): BoardRow[] {
  let last: string | undefined;
  return pages.flatMap(({ groups }) => groups.flatMap((group): BoardRow[] => {
    const what = `${group.evaluator} ${group.n}`;
    const rows = group.rows.map((row): BoardRow => ({ kind: 'row', row, best: inGroup(row, group), metric: group.metric }));
    if (what === last) return rows;
    last = what;
    return [{ kind: 'heading', text: headingOf(group) }, ...rows];
  }));
}

/** Their whole configurations. */
const whole = ({ fixed, groups }: Schemas['Leaderboard']): Readonly<Record<string, unknown>>[] => groups.flatMap(({ rows }) => rows.map(({ config }) => ({ ...fixed, ...config })));

/** Digits that the mark of the order takes beside a title. */
const markRoom = 2;

/** As wide as the longest text in it, up to a limit. */
const widthOf = (title: string, texts: readonly string[]): string => `${Math.min(36, Math.max(title.length + markRoom, ...texts.map(({ length }) => length))) + 1}ch`;

/** Rank, what varies, the metrics with their intervals, and what makes them comparable. */
export function columnsOf(pages: readonly Schemas['Leaderboard'][]): Column[] {
  const rows = pages.flatMap(({ groups }) => groups.flatMap((group) => group.rows));
  const ranking = pages[0]?.groups[0]?.metric ?? null;
  const keys = varyingKeys(pages.flatMap(whole));
  const metrics = metricsIn(rows);
  const reals = metrics.filter((metric) => rows.some((row) => row.metrics[metric]?.real != null));
  const text = (title: string, className: string, of: (row: Row) => string): Column => ({ title, className, width: widthOf(title, rows.map(of)), cell: ({ row }) => of(row) });
  const sortable = (sort: string, column: Column): Column => ({ ...column, sort });
  return [
    { title: 'rank', width: '11ch', className: 'n', sort: null, cell: ({ row }) => <a href={hrefOf(['cells', row.cellId], { sweep: row.sweepId })}>{row.rank ?? row.notRanked ?? '-'}</a> },
    ...keys.map((key) => sortable(key, text(key, '', (row) => configLabel(key, row.config[key])))),
    ...metrics.flatMap((metric): Column[] => [
      sortable(metric, text(metricTitle(metric), `n${metric === ranking ? ' ranking' : ''}`, (row) => estimateText(metric, row.metrics[metric]))),
      ...(metric === ranking ? [text('less the best', 'n', (row) => differenceText(metric, row.standing?.toBest))] : []),
    ]),
    sortable('nfe', text('NFE', 'n', ({ nfe }) => String(nfe ?? '-'))),
    text('n', 'n', ({ n }) => String(n ?? '-')),
    text('seeds', 'n', seedsText),
    text('evaluator', '', ({ evaluator }) => evaluator?.slice(0, 8) ?? '-'),
    ...reals.map((metric) => text(`real ${metricTitle(metric)}`, 'n', (row) => digits(metric, row.metrics[metric]?.real))),
  ];
}
