import { printable } from '@elucidate/experiment/printable';
import type { WorkerRow } from '@elucidate/store/queries/workers';

const times = (at: string): string => at.slice(0, 19).replace('T', ' ');

/** "12 s", "5 min", "3 h", "2 days". */
function ago(at: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000));
  const [size, unit] = seconds < 120 ? [1, 's'] : seconds < 7200 ? [60, 'min'] : seconds < 172_800 ? [3600, 'h'] : [86_400, 'days'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** A worker that is there: its line, what it runs, and what it does not take. */
function liveLines(worker: WorkerRow, nowMs: number): string[] {
  const { id, host, pid, state, concurrency, engine, version, kinds, setAside, releasing, running, done, failed, startedAt, seenAt } = worker;
  return [
    `${id}  ${state}, seen ${ago(seenAt, nowMs)} ago`,
    `  ${host}, pid ${pid}, ${concurrency} at once, ${engine}, version ${version ?? 'unknown'}`,
    `  takes ${kinds.join(', ')}; since ${times(startedAt)} ${done} done, ${failed} failed`,
    ...running.map((stage) => `  runs ${stage.kind} ${stage.id.slice(0, 8)} since ${times(stage.startedAt)}`),
    ...setAside.map(({ kinds: not, code, message, since, until }) =>
      `  ${state === 'quarantined' ? 'quarantined' : not.length === 0 ? 'lacks a data set' : `set aside for ${not.length === kinds.length ? 'all kinds' : not.join(', ')}`} since ${times(since)}, ${until === undefined ? 'until it is released or started again' : `looks again at ${times(until)}`}: ${code}: ${message}`),
    ...(setAside.length > 0 && releasing.length === 0 ? [`  once that is in order: elucidate workers release ${id}`] : []),
    ...(releasing.length > 0 ? [`  asked to take ${releasing.join(', ')} again`] : []),
  ];
}

const goneLine = ({ id, version, startedAt, seenAt, done, failed }: WorkerRow): string =>
  `${id}  gone; there from ${times(startedAt)} to ${times(seenAt)}, ${done} done, ${failed} failed, version ${version ?? 'unknown'}`;

/** Workers as text for a terminal: those that are there in full, those that are gone in one line each. */
export function renderWorkers(workers: readonly WorkerRow[], nowMs: number): string {
  const [live, gone] = [workers.filter(({ state }) => state !== 'gone'), workers.filter(({ state }) => state === 'gone')];
  const lines = [...live.flatMap((worker) => liveLines(worker, nowMs)), ...(live.length > 0 && gone.length > 0 ? [''] : []), ...gone.map(goneLine)];
  return lines.map(printable).join('\n') || 'There has been no worker yet; start one with `elucidate worker`.';
}
