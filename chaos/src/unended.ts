import { setTimeout } from 'node:timers/promises';

/** The work of a fleet: stages and sweeps that are open, attempts at stages that are done. */
export interface Progress {
  open: number;
  done: number;
}

export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/** A fleet that makes the same stages again and again never pauses: it is given up after so many times the patience. */
const patiences = 10;

/**
 * Waits until every sweep and stage has come to an end, without a pause of so long in which no stage ends: a slow machine is not a fault, a fleet that stands
 * still is. Null, or why it was given up.
 */
export async function unendedBecause(look: () => Promise<Progress>, patienceMs: number, { now, sleep }: Clock = { now: Date.now, sleep: setTimeout }): Promise<string | null> {
  const beganAt = now();
  for (let [known, since] = [-1, beganAt]; ; await sleep(200)) {
    const { open, done } = await look();
    if (open === 0) return null;
    if (done > known) [known, since] = [done, now()];
    if (now() - since >= patienceMs) return `no stage ended for ${patienceMs / 1000} s`;
    if (now() - beganAt >= patiences * patienceMs) return `stages end (${done} attempts are done), yet not all of them after ${(patiences * patienceMs) / 1000} s`;
  }
}
