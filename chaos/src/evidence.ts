import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fleet } from './fleet.js';

/** What is read after a run: the database, the files of its artifacts, the workers' logs; nothing of what our own code remembers. */
export interface Evidence {
  /** Sweeps the API has accepted. */
  accepted: readonly string[];
  sweeps: readonly { id: string; state: string }[];
  stages: readonly StageRow[];
  attempts: readonly AttemptRow[];
  workers: readonly WorkerRow[];
  /** "stage output" -> hash, "stage metric" -> value. */
  results: ReadonlyMap<string, string>;
  /** Hashes of outputs whose file is missing or has other bytes. */
  damaged: readonly string[];
  messages: readonly string[];
}

export interface StageRow {
  id: string;
  kind: string;
  state: string;
  counted: number;
  /** Milliseconds of the database's clock. */
  endedAt: number | null;
  code: string | null;
}

export interface AttemptRow {
  stageId: string;
  token: number;
  workerId: string;
  startedAt: number;
  endedAt: number | null;
  outcome: string | null;
  code: string | null;
}

export interface WorkerRow {
  id: string;
  pid: number;
  /** Its last heartbeat, milliseconds of the database's clock. */
  seenAt: number;
}

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** How fast it went is not a result. */
const timings = ['images_per_second'];

export async function readEvidence({ database, accepted, home, logs }: Fleet): Promise<Evidence> {
  const { rows } = database;
  const outputs = await rows<{ stageId: string; name: string; hash: string }>('select stage_id as "stageId", name, hash from stage_outputs order by 1, 2');
  const metrics = await rows<{ stageId: string; name: string; value: number }>('select stage_id as "stageId", name, value from metrics where name <> all($1) order by 1, 2', [timings]);
  const hashes = [...new Set(outputs.map(({ hash }) => hash))];
  const intact = await Promise.all(hashes.map((hash) => isIntact(join(home, 'artifacts'), hash)));
  return {
    accepted: [...accepted],
    sweeps: await rows('select id, state from sweeps'),
    stages: await rows(`select id, kind, state, counted_attempts as counted, ${ms('ended_at')} as "endedAt", error->>'code' as code from stages`),
    attempts: await rows(`
      select stage_id as "stageId", token::int, worker_id as "workerId", ${ms('started_at')} as "startedAt", ${ms('ended_at')} as "endedAt", outcome, error->>'code' as code
      from attempts order by stage_id, token`),
    workers: await rows(`select id, pid, ${ms('seen_at')} as "seenAt" from workers`),
    results: new Map([...outputs.map(({ stageId, name, hash }) => [`${stageId} ${name}`, hash] as const), ...metrics.map(({ stageId, name, value }) => [`${stageId} ${name}`, String(value)] as const)]),
    damaged: hashes.filter((_, index) => !intact[index]),
    messages: logs().flatMap(messagesOf),
  };
}

async function isIntact(folder: string, hash: string): Promise<boolean> {
  const bytes = await readFile(join(folder, hash.slice(0, 2), hash.slice(2))).catch(() => null);
  return bytes !== null && createHash('sha256').update(bytes).digest('hex') === hash;
}

/** The messages of a worker's JSON log; what a killed worker wrote last may be cut. */
function messagesOf(log: string): string[] {
  return log.split('\n').flatMap((line) => {
    try {
      return [(JSON.parse(line) as { message: string }).message];
    } catch {
      return [];
    }
  });
}
