import type { QueueName, Shape } from './installation.js';
import { peerTable, type PeerName } from './peer-table.js';

/** Sweeps that rows are measured on: a number of cells in thousands, and how many percent of them are done. */
export interface Size {
  thousands: 1 | 10 | 100;
  donePercent: 0 | 90;
}

export type Row =
  | { measure: 'throughput'; queue: QueueName; size: Size; shape: Shape; stageMs?: number }
  | { measure: 'beside'; queue: QueueName; size: Size; shape: Shape }
  | { measure: 'overhead'; queue: QueueName; shape: Shape }
  | { measure: 'idle'; queue: QueueName; shape: Shape }
  | { measure: 'peer'; peer: PeerName };

const one: Shape = { processes: 1, slots: 16 };
/** Processes of four slots each. */
const fours = (processes: number): Shape => ({ processes, slots: 4 });
const fresh = (thousands: Size['thousands']): Size => ({ thousands, donePercent: 0 });

/** Measured on each queue. */
const ours = {
  '1k': { measure: 'throughput', size: fresh(1), shape: one },
  '10k': { measure: 'throughput', size: fresh(10), shape: one },
  '10k-90': { measure: 'throughput', size: { thousands: 10, donePercent: 90 }, shape: one },
  '10k-4x4': { measure: 'throughput', size: fresh(10), shape: fours(4) },
  // what a stage costs leaves the cores free: more workers, more stages
  '50ms-1x4': { measure: 'throughput', size: fresh(10), shape: fours(1), stageMs: 50 },
  '50ms-2x4': { measure: 'throughput', size: fresh(10), shape: fours(2), stageMs: 50 },
  '50ms-4x4': { measure: 'throughput', size: fresh(10), shape: fours(4), stageMs: 50 },
  '100k': { measure: 'throughput', size: fresh(100), shape: one },
  '100k-90': { measure: 'throughput', size: { thousands: 100, donePercent: 90 }, shape: one },
  'beside-10k': { measure: 'beside', size: fresh(10), shape: one },
  'beside-100k': { measure: 'beside', size: fresh(100), shape: one },
  '1s': { measure: 'overhead', shape: one },
  idle: { measure: 'idle', shape: one },
} as const;

export type RowId = `${QueueName}-${keyof typeof ours}` | PeerName;

/** Every row of the table, in its order, by name. */
export const rowTable = Object.fromEntries([
  ...(['redis', 'postgres'] as const).flatMap((queue) => Object.entries(ours).map(([name, row]) => [`${queue}-${name}`, { ...row, queue }])),
  ...Object.keys(peerTable).map((peer) => [peer, { measure: 'peer', peer }]),
]) as Readonly<Record<RowId, Row>>;

export const rowIds = Object.keys(rowTable) as RowId[];

/** Those that `--short` leaves out: making their sweep alone takes longer than the rest. */
export const isLong = (id: RowId): boolean => {
  const row = rowTable[id];
  return 'size' in row && row.size.thousands === 100;
};
