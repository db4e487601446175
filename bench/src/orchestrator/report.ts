import { peerTable } from './peer-table.js';
import { rowTable, type RowId } from './row-table.js';
import type { Beside, Idle, Overhead, Throughput } from './measurements.js';

/** What a row came to. `stagesPerSecond` is null for rows that measure something else. */
export interface Result {
  id: RowId;
  stagesPerSecond: number | null;
  /** Mean number of running processes before and after. */
  load: readonly [number, number];
  /** Why it was not measured. */
  skipped?: string;
  throughput?: Throughput | Beside;
  overhead?: Overhead;
  idle?: Idle;
}

/** The rate that a row is compared with: BullMQ's alone, on the same queue. */
const rawOf = (id: RowId, results: readonly Result[]): number | null => {
  const row = rowTable[id];
  return row.measure === 'peer' ? null : results.find((result) => result.id === `bullmq-${row.queue}`)?.stagesPerSecond ?? null;
};

export const titleOf = (id: RowId): string => {
  const row = rowTable[id];
  if (row.measure === 'peer') return `${peerTable[row.peer].title}: ${peerTable[row.peer].setting}`;
  const { processes, slots } = row.shape;
  const where = `${row.queue === 'redis' ? 'Redis' : 'PostgreSQL'}, ${processes} x ${slots}`;
  if (row.measure === 'overhead') return `ours on ${where}: stages of 1 s`;
  if (row.measure === 'idle') return `ours on ${where}: nothing to do`;
  const size = `${row.size.thousands},000 cells${row.size.donePercent > 0 ? `, ${row.size.donePercent} % done` : ''}`;
  if (row.measure === 'beside') return `ours on ${where}: 1,000 cells beside ${size}`;
  return `ours on ${where}: ${size}${row.stageMs === undefined ? '' : `, stages of ${row.stageMs} ms`}`;
};

const rate = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** What else a row says, in words. */
function notesOf({ skipped, throughput, overhead, idle }: Result): string {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  if (overhead) return `${overhead.stages} stages in ${overhead.seconds.toFixed(1)} s: +${overhead.percent.toFixed(1)} %`;
  if (idle) return `${idle.connections} connections, ${idle.transactionsPerSecond.toFixed(1)} statements/s`;
  if (throughput && 'seconds' in throughput) return `done after ${throughput.seconds.toFixed(1)} s; ${rate(throughput.ofBoth)} stages/s of both`;
  return '';
}

/** A Markdown table in the order of the rows. */
export function tableOf(results: readonly Result[]): string {
  const line = (result: Result): string => {
    const { id, stagesPerSecond, throughput, load } = result;
    const raw = throughput ? rawOf(id, results) : null;
    const latency = throughput && `${throughput.claimToComplete.p50.toFixed(1)} / ${throughput.claimToComplete.p99.toFixed(1)}`;
    return `| ${[titleOf(id), stagesPerSecond === null ? '' : rate(stagesPerSecond), stagesPerSecond === null || raw === null ? '' : (stagesPerSecond / raw).toFixed(2), latency ?? '', notesOf(result), load.map((value) => value.toFixed(1)).join(' to ')].join(' | ')} |`;
  };
  return ['| | stages/s | to BullMQ alone | claim to complete, p50 / p99, ms | | load |', '|---|---:|---:|---:|---|---|', ...results.map(line)].join('\n');
}

/** The last line of `--json`. */
export const lastLine = (results: readonly Result[]): string => JSON.stringify({ stagesPerSecond: Object.fromEntries(results.map(({ id, stagesPerSecond }) => [id, stagesPerSecond])) });
