import { printable } from '@elucidate/experiment/printable';
import type { WorkerRow } from '@elucidate/store/queries/workers';

const times = (at: string): string => at.slice(0, 19).replace('T', ' ');

/** "12 s", "5 min", "3 h", "2 days". */
function ago(at: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000));
  const [size, unit] = seconds < 120 ? [1, 's'] : seconds < 7200 ? [60, 'min'] : seconds < 172_800 ? [3600, 'h'] : [86_400, 'days'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** The engine that a worker computes with, and the others, each with the reason why not: "native: no compiler". */
function engines(line: string): { used: string; notUsed: string[] } {
  const [used = '', ...notUsed] = line.split('; not ');
  return { used: used.replace(/: first that is here$/, ''), notUsed };
}

/** Each reason once, with the workers that give it where not all do. */
function notUsedLines(live: readonly WorkerRow[]): string[] {
  const reasons = [...new Set(live.flatMap(({ engine }) => engines(engine).notUsed))];
  const giving = (reason: string): string[] => live.filter(({ engine }) => engines(engine).notUsed.includes(reason)).map(({ id }) => id);
  return reasons.map((reason) => `engine not used: ${reason}${giving(reason).length === live.length ? '' : ` (${giving(reason).join(', ')})`}`);
}

/** A worker that is there: its line, what it runs, and what it does not take. */
function liveLines(worker: WorkerRow, nowMs: number): string[] {
  const { id, host, pid, state, concurrency, engine, version, kinds, setAside, releasing, running, done, failed, startedAt, seenAt, late } = worker;
  return [
    `${id}  ${state}, seen ${ago(seenAt, nowMs)} ago${late ? ', late' : ''}`,
    `  ${host}, pid ${pid}, ${concurrency} at once, ${engines(engine).used}, version ${version ?? 'unknown'}`,
    `  takes ${kinds.join(', ')}; since ${times(startedAt)} ${done} done, ${failed} failed`,
    ...running.map((stage) => `  runs ${stage.kind} ${stage.id.slice(0, 8)} since ${times(stage.startedAt)}`),
    ...setAside.map(({ kinds: not, code, message, since, until, program }) => {
      const what = not.length > 0 ? `set aside for ${not.length === kinds.length ? 'all kinds' : not.join(', ')}` : program === undefined ? 'lacks a data set' : `lacks what program ${program.slice(0, 8)} needs`;
      const ends = until !== undefined ? `looks again at ${times(until)}` : not.length > 0 ? 'until it is released or started again' : 'looks again with its next stage';
      return `  ${state === 'quarantined' ? 'quarantined' : what} since ${times(since)}, ${ends}: ${code}: ${message}`;
    }),
    ...(setAside.length > 0 && releasing.length === 0 ? [`  once that is in order: elucidate workers release ${id}`] : []),
    ...(releasing.length > 0 ? [`  asked to take ${releasing.join(', ')} again`] : []),
  ];
}

const goneLine = ({ id, version, startedAt, seenAt, done, failed }: WorkerRow): string =>
  `${id}  gone; there from ${times(startedAt)} to ${times(seenAt)}, ${done} done, ${failed} failed, version ${version ?? 'unknown'}`;

/** Workers as text for a terminal: those that are there in full, those that are gone in one line each. */
export function renderWorkers(workers: readonly WorkerRow[], nowMs: number): string {
  const [live, gone] = [workers.filter(({ state }) => state !== 'gone'), workers.filter(({ state }) => state === 'gone')];
  const blocks = [live.flatMap((worker) => liveLines(worker, nowMs)), notUsedLines(live), gone.map(goneLine)].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block, at) => (at === 0 ? block : ['', ...block]));
  return lines.map(printable).join('\n') || 'There has been no worker yet; start one with `elucidate worker`.';
}
