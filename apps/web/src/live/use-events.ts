import { useEffect, useRef } from 'preact/hooks';
import { followEvents, type LiveEvent } from './events.js';

/** Calls `receive` for each event while the page shows it. */
export function useEvents(sweepId: string | undefined, receive: (event: LiveEvent) => void): void {
  const latest = useRef(receive);
  latest.current = receive;
  useEffect(() => followEvents(sweepId, (event) => latest.current(event)), [sweepId]);
}

/** `act`, at once and then at most once in `everyMs`, as often as it is requested. */
export function useAtMostEvery(everyMs: number, act: () => void): () => void {
  const timer = useRef<{ running: boolean; asked: boolean }>({ running: false, asked: false });
  const latest = useRef(act);
  latest.current = act;
  const request = useRef((): void => {
    const own = timer.current;
    if (own.running) {
      own.asked = true;
      return;
    }
    own.running = true;
    own.asked = false;
    latest.current();
    setTimeout(() => {
      own.running = false;
      if (own.asked) request.current();
    }, everyMs);
  });
  return request.current;
}
