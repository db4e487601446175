import type { Evidence } from './evidence.js';

/**
 * What shows that a fault took hold: a sentence made from what the fault itself saw and what was read after the run, or null. A run in which
 * it is null proves nothing, however clean.
 */
export type Effect = (evidence: Evidence) => string | null;

/** Something that the fault itself counted: "3 keys were lost". */
export const counted = (n: number, what: string): Effect => () => (n > 0 ? `${n} ${what}` : null);

/** Attempts of some workers, by process id, that ended in one way. */
export const attemptsOf = (pids: readonly number[], outcome: string): Effect => ({ workers, attempts }) => {
  const ids = new Set(workers.filter(({ pid }) => pids.includes(pid)).map(({ id }) => id));
  const found = attempts.filter((attempt) => ids.has(attempt.workerId) && attempt.outcome === outcome);
  return found.length > 0 ? `${found.length} attempts of the workers that it hit ended as ${outcome}` : null;
};

/** Attempts that ended with an error. */
export const attemptsWith = (code: string): Effect => ({ attempts }) => {
  const found = attempts.filter((attempt) => attempt.code === code);
  return found.length > 0 ? `${found.length} attempts ended with ${code}` : null;
};

/** Lines in the workers' logs. */
export const said = (pattern: RegExp): Effect => ({ messages }) => {
  const found = messages.filter((message) => pattern.test(message));
  return found.length > 0 ? `workers wrote "${found[0]!.slice(0, 120)}"${found.length > 1 ? `, and ${found.length - 1} lines like it` : ''}` : null;
};

/** Every one of several things. */
export const all = (...effects: readonly Effect[]): Effect => (evidence) => {
  const found = effects.map((effect) => effect(evidence));
  return found.includes(null) ? null : found.join('; ');
};
