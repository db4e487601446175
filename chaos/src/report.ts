import type { Row } from './suite.js';
import { isClean, type Verdict } from './verdict.js';

/** One scenario over its queues and repetitions. */
export interface Summary {
  id: string;
  title: string;
  queues: readonly string[];
  runs: number;
  lost: number;
  duplicated: number;
  wrong: number;
  refused: number;
  /** Of the runs in which the fault hit a stage; null if none. */
  medianRecoverS: number | null;
  maxRecoverS: number | null;
  /** Mean of a run. */
  wastedS: number;
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
  const runs = rows.flatMap((row) => row.runs);
  const sum = (of: (verdict: Verdict) => number): number => runs.reduce((total, verdict) => total + of(verdict), 0);
  const recovered = runs.flatMap(({ recoverMs }) => recoverMs ?? []).sort((a, b) => a - b);
  const skipped = [...new Set(rows.flatMap((row) => row.skipped ?? []))].join('; ');
  return {
    id: scenario.id, title: scenario.title, queues: rows.filter((row) => row.runs.length > 0).map(({ queue }) => queue), runs: runs.length,
    lost: sum(({ lost }) => lost), duplicated: sum(({ duplicated }) => duplicated), wrong: sum(({ wrong }) => wrong), refused: sum(({ refused }) => refused),
    medianRecoverS: seconds(recovered[Math.floor(recovered.length / 2)]), maxRecoverS: seconds(recovered.at(-1)),
    wastedS: runs.length === 0 ? 0 : seconds(sum(({ wastedMs }) => wastedMs) / runs.length)!,
    ok: runs.every(isClean), problems: [...new Set(runs.flatMap(({ problems }) => problems))], notes: runs.flatMap(({ notes }) => notes), ...(skipped !== '' && { skipped }),
  };
}

/** To a tenth; null if there is none or it never came, which JSON has no number for. */
const seconds = (ms: number | undefined): number | null => (ms === undefined || !Number.isFinite(ms) ? null : Math.round(ms / 100) / 10);

/** Markdown. */
export function tableOf(summaries: readonly Summary[]): string {
  const lines = summaries.map(({ id, title, queues, runs, lost, duplicated, wrong, refused, medianRecoverS, maxRecoverS, wastedS, ok, skipped }) =>
    runs === 0 ? `| ${id} | ${title} | - | skipped: ${skipped} | | | | | | |`
      : `| ${id} | ${title} | ${runs} (${queues.join(', ')}) | ${lost} | ${duplicated} | ${wrong} | ${refused} | ${medianRecoverS ?? '-'} / ${maxRecoverS ?? '-'} | ${wastedS} | ${ok ? 'yes' : '**no**'} |`);
  return ['| | fault | runs (queues) | lost | duplicated | wrong | refused | s to recover, median / most | s wasted a run | as promised |', '|---|---|---|---:|---:|---:|---:|---:|---:|---|', ...lines].join('\n');
}

/** What went wrong or was measured, under the table. */
export function remarksText(summaries: readonly Summary[]): string {
  return summaries.flatMap(({ id, problems, notes }) => [...problems, ...notes].map((line) => `${id}: ${line}`)).join('\n');
}
