import type { JSX } from 'preact';
import { ApiError } from '../api/client.js';
import type { Answer } from '../api/use-answer.js';
import { pageWords } from './page-words.js';

/** What went wrong, with every mistake the API lists. */
export function Failure({ error }: { error: Error }): JSX.Element {
  const problem = error instanceof ApiError ? error.problem : { title: 'The API does not answer', detail: error.message };
  return (
    <div class="failure" role="alert">
      <strong>{problem.title}</strong>
      <pre tabIndex={0}>{pageWords(problem.detail)}</pre>
    </div>
  );
}

/** The newest answer; before the first, that it is on its way; above it, what the last request failed with. */
export function Waiting<T>({ answer: { data, error }, children }: { answer: Answer<T>; children: (data: NonNullable<T>) => JSX.Element | null }): JSX.Element {
  return (
    <>
      {error && <Failure error={error} />}
      {data == null ? !error && <p class="quiet" role="status">Loading…</p> : children(data)}
    </>
  );
}
