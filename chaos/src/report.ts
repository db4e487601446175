import type { Run } from './run-scenario.js';
import type { Row } from './suite.js';
import { isClean } from './verdict.js';

/** One scenario over its queues and repetitions. */
export interface Summary {
  id: string;
  title: string;
  /** Runs in which the fault took hold, on each queue. */
  runs: Readonly<Record<string, number>>;
  /** Other runs: they prove nothing. */
  withoutEffect: number;
  lost: number;
  duplicated: number;
  wrong: number;
  refused: number;
  /** Of the runs in which the fault hit a stage; null if there is none. */
  medianRecoverS: number | null;
  maxRecoverS: number | null;
  /** Mean of a run. */
  wastedS: number;
  /** Every run was as promised, and in at least one the fault took hold. */
  ok: boolean;
  problems: readonly string[];
  /** What was measured besides. */
  notes: readonly string[];
  skipped?: string;
}

export function summariesOf(rows: readonly Row[]): Summary[] {
  const ids = [...new Set(rows.map(({ scenario }) => scenario.id))];
  return ids.map((id) => summaryOf(rows.filter(({ scenario }) => scenario.id === id)));
}

function summaryOf(rows: readonly Row[]): Summary {
  const [{ scenario }] = rows as readonly [Row];
  const all = rows.flatMap(({ runs }) => runs);
  const hit = all.filter(({ effect }) => effect !== null);
  const sum = (of: (run: Run) => number): number => all.reduce((total, run) => total + of(run), 0);
  const recovered = hit.flatMap(({ recoverMs }) => recoverMs ?? []).sort((a, b) => a - b);
  const skipped = [...new Set(rows.flatMap((row) => row.skipped ?? []))].join('; ');
  return {
    id: scenario.id, title: scenario.title,
    runs: Object.fromEntries(rows.filter(({ runs }) => runs.length > 0).map(({ queue, runs }) => [queue, runs.filter(({ effect }) => effect !== null).length])), withoutEffect: all.length - hit.length,
    lost: sum(({ lost }) => lost), duplicated: sum(({ duplicated }) => duplicated), wrong: sum(({ wrong }) => wrong), refused: sum(({ refused }) => refused),
    medianRecoverS: seconds(recovered[Math.floor(recovered.length / 2)]), maxRecoverS: seconds(recovered.at(-1)),
    wastedS: hit.length === 0 ? 0 : seconds(hit.reduce((total, { wastedMs }) => total + wastedMs, 0) / hit.length)!,
    ok: all.every(isClean) && (all.length === 0 || hit.length > 0), problems: [...new Set(all.flatMap(({ problems }) => problems))], notes: all.flatMap(({ notes }) => notes), ...(skipped !== '' && { skipped }),
  };
}

/** To a tenth; null if there is none or it never came, which JSON has no number for. */
const seconds = (ms: number | undefined): number | null => (ms === undefined || !Number.isFinite(ms) ? null : Math.round(ms / 100) / 10);

/** Markdown. */
export function tableOf(summaries: readonly Summary[]): string {
  const lines = summaries.map((summary) => {
    const { id, title, lost, duplicated, wrong, refused, medianRecoverS, maxRecoverS, wastedS, ok, skipped } = summary;
    return Object.keys(summary.runs).length === 0 ? `| ${id} | ${title} | skipped: ${skipped} | | | | | | | |`
      : `| ${id} | ${title} | ${runsOf(summary)} | ${lost} | ${duplicated} | ${wrong} | ${refused} | ${medianRecoverS ?? '-'} / ${maxRecoverS ?? '-'} | ${wastedS} | ${ok ? 'yes' : '**no**'} |`;
  });
  return ['| | fault | runs | lost | duplicated | wrong | refused | s to recover, median / most | s wasted a run | as promised |', '|---|---|---|---:|---:|---:|---:|---:|---:|---|', ...lines].join('\n');
}

const runsOf = ({ runs, withoutEffect }: Summary): string =>
  [...Object.entries(runs).map(([queue, n]) => `${n} ${queue}`), ...(withoutEffect > 0 ? [`${withoutEffect} without effect`] : [])].join(', ');

/** What went wrong or was measured, under the table. */
export function remarksText(summaries: readonly Summary[]): string {
  return summaries.flatMap(({ id, problems, notes, withoutEffect, ok }) => [...problems, ...(withoutEffect > 0 && !ok ? ['the fault took no hold'] : []), ...notes].map((line) => `${id}: ${line}`)).join('\n');
}
