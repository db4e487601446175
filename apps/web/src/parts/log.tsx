import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { printableLines } from '@elucidate/experiment/printable';
import { api, ApiError, dataOf } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { Failure } from './waiting.js';

/** Characters of a log that are shown: its end. */
const shown = 100_000;

export interface LogProps {
  stageId: string;
  /** The attempt's token; by default the last that left a log. */
  attempt: number | undefined;
  /** When it changes, the log is read again. */
  version: number;
}

const noLog = (error: Error): boolean => error instanceof ApiError && error.problem.status === 404;

/** The end of an attempt's log; of one that runs, as it grows. It stays at its end unless one scrolls up. */
export function Log({ stageId, attempt, version }: LogProps): JSX.Element {
  const { data: log, error } = useAnswer(`log ${stageId} ${attempt}`, (signal) => dataOf(api.GET('/v1/stages/{id}/log.json', { params: { path: { id: stageId }, query: { attempt: attempt?.toString(), last: String(shown) } }, signal })), version);
  const place = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (atEnd.current && place.current !== null) place.current.scrollTop = place.current.scrollHeight;
  }, [log]);
  const whole = `v1/stages/${stageId}/log${log === undefined ? '' : `?attempt=${log.token}`}`;
  return (
    <section aria-label="Log">
      <h2>Log{log !== undefined && ` of attempt ${log.token}`}</h2>
      {error !== undefined && (noLog(error) ? <p class="quiet">{error.message}.</p> : <Failure error={error} />)}
      {log !== undefined && (
        <>
          <p class="quiet">On <code>{log.workerId}</code>; {log.outcome ?? 'it runs'}{!log.whole && ', as of its last heartbeat'}. {log.leftOut > 0 && `The first ${log.leftOut} characters are left out. `}<a href={whole}>The whole log as text</a></p>
          <pre class="log" ref={place} tabIndex={0} role="group" aria-label="Lines of the log" onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => { atEnd.current = scrollTop + clientHeight > scrollHeight - 20; }}>{printableLines(log.text)}</pre>
        </>
      )}
    </section>
  );
}
