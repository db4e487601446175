/** Attempts, and the time that they held a slot. */
export interface Spent {
  attempts: number;
  seconds: number;
}

/** Why an attempt led to no result: the code of its error, or one of these. */
export type WasteCause = 'released' | 'cancelled' | 'replaced' | (string & {});

/** What was spent for a sweep, and what it did not have to spend. Every attempt is on the ledger of one sweep. */
export interface Ledger {
  /** Attempts whose results are there. */
  useful: Spent;
  /** Attempts that led to no result, by cause, the most expensive first. */
  wasted: (Spent & { cause: WasteCause })[];
  /** Attempts that run, up to now. */
  running: Spent;
  /** The same by device, the one that did most first. */
  devices: { device: string; useful: Spent; wasted: Spent; running: Spent }[];
  /** Of the stages that are done: `alone` is the sum of the four others. */
  sharing: {
    /** What its trials would have cost, each by itself. */
    alone: number;
    /** Saved because its trials share stages. */
    saved: number;
    /** Done before it was submitted. */
    reused: number;
    /** Done for another sweep that was there first. */
    others: number;
    /** On its own ledger. */
    own: number;
  };
}

/** The sweep of a ledger. */
export interface SweepLedger extends Ledger {
  sweepId: string;
  name: string;
  owner: string;
  state: string;
}

const add = (a: Spent, b: Spent): Spent => ({ attempts: a.attempts + b.attempts, seconds: a.seconds + b.seconds });
const nothing: Spent = { attempts: 0, seconds: 0 };
export const sumSpent = (some: readonly Spent[]): Spent => some.reduce(add, nothing);

/** Groups rows by a text and adds up each group, the largest first by `of`. */
function grouped<T, G>(rows: readonly T[], keyOf: (row: T) => string, { merge, of }: { merge: (key: string, group: readonly T[]) => G; of: (merged: G) => number }): G[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return Array.from(groups, ([key, group]) => merge(key, group)).sort((a, b) => of(b) - of(a));
}

/** Some attempts of a ledger that end alike. */
export interface LedgerRow extends Spent {
  device: string;
  /** null: they run. */
  outcome: 'useful' | 'wasted' | null;
  cause: WasteCause | null;
}

const only = (rows: readonly LedgerRow[], outcome: LedgerRow['outcome']): Spent => sumSpent(rows.filter((row) => row.outcome === outcome));

/** A difference of sums of the same numbers in another order: what rounding leaves of the whole is nothing. */
const rest = (seconds: number, whole: number): number => (seconds > 1e-9 * whole ? seconds : 0);

/** A ledger from its attempts and, in seconds, what its finished stages cost: once for each trial, once each, and those of them that were reused. */
export function ledgerOf(rows: readonly LedgerRow[], { alone, once, reused }: { alone: number; once: number; reused: number }): Ledger {
  const useful = only(rows, 'useful');
  return {
    useful, running: only(rows, null),
    wasted: grouped(rows.filter(({ outcome }) => outcome === 'wasted'), ({ cause }) => cause ?? '', { merge: (cause, group) => ({ cause, ...sumSpent(group) }), of: ({ seconds }) => seconds }),
    devices: grouped(rows, ({ device }) => device, { merge: (device, group) => ({ device, useful: only(group, 'useful'), wasted: only(group, 'wasted'), running: only(group, null) }), of: ({ useful: own, wasted, running }) => own.seconds + wasted.seconds + running.seconds }),
    sharing: { alone, saved: rest(alone - once, alone), reused, others: rest(once - reused - useful.seconds, alone), own: useful.seconds },
  };
}

/** Several ledgers as one. */
export function sumLedgers(ledgers: readonly Ledger[]): Ledger {
  const sharing = ledgers.map((ledger) => ledger.sharing);
  const sum = (of: (one: Ledger['sharing']) => number): number => sharing.reduce((total, one) => total + of(one), 0);
  const devices = ledgers.flatMap((ledger) => ledger.devices);
  return {
    useful: sumSpent(ledgers.map(({ useful }) => useful)), running: sumSpent(ledgers.map(({ running }) => running)),
    wasted: grouped(ledgers.flatMap(({ wasted }) => wasted), ({ cause }) => cause, { merge: (cause, group) => ({ cause, ...sumSpent(group) }), of: ({ seconds }) => seconds }),
    devices: grouped(devices, ({ device }) => device, {
      merge: (device, group) => ({ device, useful: sumSpent(group.map(({ useful }) => useful)), wasted: sumSpent(group.map(({ wasted }) => wasted)), running: sumSpent(group.map(({ running }) => running)) }),
      of: ({ useful, wasted, running }) => useful.seconds + wasted.seconds + running.seconds,
    }),
    sharing: { alone: sum(({ alone }) => alone), saved: sum(({ saved }) => saved), reused: sum(({ reused }) => reused), others: sum(({ others }) => others), own: sum(({ own }) => own) },
  };
}
