/** Seconds since the last sign of life of a worker, which gives one every ten, after which it is late, and after which nobody counts on it and the reconciler marks it gone. */
export const silence = { late: 30, gone: 60 } as const;

/** SQL: whether a worker, by the name of its row, has shown itself for so many seconds. */
const wasSeen = (worker: string, seconds: number): string => `${worker}.seen_at > clock_timestamp() - interval '${seconds} s'`;

/** SQL: whether a worker is there, whatever its state. */
export const isThere = (worker: string): string => wasSeen(worker, silence.gone);

/** SQL: whether a worker that is there takes stages. */
export const isLive = (worker: string): string => `(${worker}.state = 'active' and ${isThere(worker)})`;

/** SQL: whether a worker has not shown itself as it should have. */
export const isLate = (worker: string): string => `not ${wasSeen(worker, silence.late)}`;
