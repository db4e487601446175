import type { LargeSweep } from './large-sweeps.js';
import type { SubmittingRow } from './submitting.js';

export interface PlanningRow {
  sweep: LargeSweep;
  cells: number;
  stages: number;
  /** Processor time. */
  readingSeconds: number;
  /** Processor time. */
  planningSeconds: number;
}

const table = (head: string, rows: readonly (readonly (string | number)[])[]): string => [head, `|---|${'---:|'.repeat(head.split('|').length - 3)}`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');

export const planningTable = (rows: readonly PlanningRow[]): string => table(
  '| sweep | cells | stages | reading, CPU s | planning, CPU s |',
  rows.map(({ sweep, cells, stages, readingSeconds, planningSeconds }) => [sweep, cells, stages, readingSeconds.toFixed(2), planningSeconds.toFixed(2)]),
);

/** A line for the API, then one for the idle server at the same moments. */
export const submittingTable = (rows: readonly SubmittingRow[]): string => table(
  '| sweep | server | submitted in, s | health checks | p50, ms | p99, ms | max, ms | longest gap of the event loop, ms | without waiting for a processor, ms | event loop busy, s | peak RSS, MB |',
  rows.flatMap(({ sweep, seconds, api, idle }) => Object.entries({ API: api, idle }).map(([server, { answers, longestGapMs, longestStopMs, busySeconds, peakMegabytes }]) => [
    sweep, server, seconds.toFixed(1), answers.answers, ...[answers.p50, answers.p99, answers.max, longestGapMs, longestStopMs].map((ms) => ms?.toFixed(1) ?? '-'), busySeconds.toFixed(2), peakMegabytes.toFixed(0),
  ])),
);
