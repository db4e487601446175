import type { InspectAnswer, Question } from './inspect.worker.js';

export const openWorker = (): Worker => new Worker(new URL('./inspect.worker.ts', import.meta.url), { type: 'module' });

/** The pictures of a sweep file, drawn by a process of the browser that ends with the answer, or when it is no longer wanted. */
export function inspected(text: string, wanted: AbortSignal): Promise<InspectAnswer> {
  return new Promise((resolve, reject) => {
    const worker = openWorker();
    const end = (act: () => void): void => {
      worker.terminate();
      act();
    };
    worker.addEventListener('message', ({ data }: MessageEvent<InspectAnswer>) => end(() => resolve(data)));
    worker.addEventListener('error', ({ message }) => end(() => reject(new Error(`The pictures cannot be drawn: ${message}`))));
    wanted.addEventListener('abort', () => end(() => reject(new DOMException('not wanted', 'AbortError'))));
    worker.postMessage({ text, of: 'pictures' } satisfies Question);
  });
}
