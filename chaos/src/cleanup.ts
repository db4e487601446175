/** What has to be stopped or removed before this process ends, in order of opening. */
const open: (() => Promise<void>)[] = [];

let ending = false;

/** Whether a premature end has begun: from then on servers are gone, and what fails proves nothing. */
export const isEnding = (): boolean => ending;

/** Remembers an action for a premature end. Returns a function that runs it, once, and forgets it. */
export function atEnd(action: () => Promise<void>): () => Promise<void> {
  let ran: Promise<void> | undefined;
  const once = (): Promise<void> => (ran ??= action().finally(() => open.splice(open.indexOf(once), 1)));
  open.push(once);
  return once;
}

/** Everything that is still open, the latest first. */
export async function endAll(): Promise<void> {
  ending = true;
  for (const action of [...open].reverse()) await action().catch((error: unknown) => console.error(error));
}
