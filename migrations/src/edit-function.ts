import type { QueryRunner } from 'typeorm';

/** A passage of a function's text, which it has once, and what stands in its place. */
export interface Edit {
  name: string;
  from: string;
  to: string;
}

/**
 * Changes passages of functions that earlier migrations made, and nothing else of them, so that a change reads as one and two changes of one function do
 * not undo each other. `undo` puts the earlier passages back; `unlessMade` leaves alone a function that has its passage already, where some databases were
 * made with it. Throws if a function does not have its passage once.
 */
export async function editFunctions(runner: QueryRunner, edits: readonly Edit[], { undo = false, unlessMade = false } = {}): Promise<void> {
  for (const { name, from, to } of undo ? edits.map(({ name, from, to }) => ({ name, from: to, to: from })).reverse() : edits) {
    const [{ definition }] = (await runner.query('select pg_get_functiondef($1::regproc) as definition', [name])) as [{ definition: string }];
    if (unlessMade && definition.includes(to)) continue;
    const parts = definition.split(from);
    if (parts.length !== 2) throw new Error(`Function ${name} has "${from}" ${parts.length - 1} times; a migration that changes it expects it once`);
    await runner.query(parts.join(to));
  }
}
