import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 20;

/** How long anything may take that a test waits for: a busy machine takes its time. */
export const patienceMs = 240_000;

/** Polls until the result is not null, undefined or false, and returns it. Throws after `withinMs`, naming what it waited for. */
export async function eventually<T>(what: string, ask: () => Promise<T | null | undefined | false>, withinMs = patienceMs): Promise<T> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(everyMs)) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`Waited ${withinMs / 1000} s in vain for ${what}`);
}
