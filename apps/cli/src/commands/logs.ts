import { setTimeout as sleep } from 'node:timers/promises';
import { jsonOf, printable, printableLines } from '@elucidate/experiment/printable';
import type { AttemptLog } from '@elucidate/store/queries/logs';
import type { Answers } from '../answers.js';
import { interruptSignal } from '../interrupt.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';

export interface LogsOptions extends SourceOptions {
  attempt?: number;
  follow?: boolean;
  json?: boolean;
}

const everyMs = 2000;

/** Prints the log of an attempt at a stage, the last one that left any unless another is named; with --follow until the attempt has ended. */
export async function logs(stage: string, { attempt, follow = false, json = false, ...source }: LogsOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const first = await answers.log(stage, attempt);
    if (json) {
      console.log(jsonOf(first));
      return;
    }
    process.stdout.write(printableLines(first.text));
    const last = follow ? await printRest(answers, first) : first;
    if (!last.whole) console.error(endOf(last));
  });
}

/** Why a log is not whole. */
export const endOf = ({ token, workerId, outcome }: Pick<AttemptLog, 'token' | 'workerId' | 'outcome'>): string => printable(outcome === null
  ? `(attempt ${token} still runs on ${workerId}; this is what it had printed at its last heartbeat)`
  : `(attempt ${token} ended without its worker, ${workerId}, which left what had been printed at its last heartbeat)`);

/** Prints what an attempt says from now on, as its heartbeats bring it. */
async function printRest(answers: Answers, first: AttemptLog): Promise<AttemptLog> {
  const { signal, dispose } = interruptSignal();
  let shown = first;
  try {
    while (shown.outcome === null) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
      const now = await answers.log(first.stageId, first.token);
      process.stdout.write(printableLines(newIn(now.text, shown.text)));
      shown = now;
    }
    return shown;
  } finally {
    dispose();
  }
}

/** What a text has that an earlier one had not; of one whose middle has been left out since, what follows the earlier one's last lines. */
export function newIn(now: string, before: string): string {
  if (now.startsWith(before)) return now.slice(before.length);
  const end = before.slice(-2000);
  const at = now.lastIndexOf(end);
  return at < 0 ? `[... left out ...]\n${now}` : now.slice(at + end.length);
}
