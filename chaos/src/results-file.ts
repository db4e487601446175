import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Run } from './run-scenario.js';
import type { Queue } from './scenario.js';

/** A run and what it was a run of: a line of JSON in the file of results. */
export interface RecordedRun extends Run {
  id: string;
  queue: Queue;
  seed: number;
  round: number;
  /** Which try at the round: one without effect is tried again. */
  attempt: number;
  /** When it ended, ISO 8601, and the machine's load then. */
  at: string;
  load: number;
}

/** Results that outlive this process, so that many runs can be made in pieces. */
export interface Results {
  of(place: Pick<RecordedRun, 'id' | 'queue' | 'seed' | 'round'>): RecordedRun[];
  /** Every run of a scenario on a queue, whatever its seed. */
  all(place: Pick<RecordedRun, 'id' | 'queue'>): RecordedRun[];
  add(run: RecordedRun): void;
}

/** In memory, and in a file if one is given, to which runs are appended. */
export function openResults(file?: string): Results {
  const known = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as RecordedRun) : [];
  const all: Results['all'] = ({ id, queue }) => known.filter((run) => run.id === id && run.queue === queue);
  return {
    all,
    of: (place) => all(place).filter(({ seed, round }) => seed === place.seed && round === place.round),
    add: (run) => {
      known.push(run);
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(run)}\n`);
    },
  };
}
