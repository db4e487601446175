import type { CheckAnswer, Question } from './inspect.worker.js';

/** Whether a text is a sweep file, by the parser that the API reads it with. */
export interface Checked {
  text: string;
  /** null: it is, or there is no parser here and the API is to say. */
  wrong: CheckAnswer;
}

/** A reader of texts in a worker: `read` has it read one, and `checked` gets the answer. While one is read, only the newest of the others waits. A worker that fails reads no more: every text is then left to the API. */
export function checkerOf(worker: Pick<Worker, 'addEventListener' | 'postMessage'>, checked: (answer: Checked) => void): { read(text: string): void } {
  let reading: string | undefined;
  let waiting: string | undefined;
  let failed = false;
  const read = (text: string): void => {
    if (failed) return checked({ text, wrong: null });
    if (reading !== undefined) {
      waiting = text;
      return;
    }
    reading = text;
    worker.postMessage({ text, of: 'mistakes' } satisfies Question);
  };
  const answered = (wrong: CheckAnswer): void => {
    const [done, next] = [reading, waiting];
    reading = waiting = undefined;
    if (done !== undefined) checked({ text: done, wrong });
    if (next !== undefined && next !== done) read(next);
  };
  worker.addEventListener('message', ({ data }: MessageEvent<CheckAnswer>) => answered(data));
  worker.addEventListener('error', () => {
    failed = true;
    answered(null);
  });
  return { read };
}
