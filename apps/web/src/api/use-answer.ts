import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Answer<T> {
  /** The newest answer to this question; the one before while the next is on its way. */
  data: T | undefined;
  error: Error | undefined;
  /** Requests it again; while an answer is on its way, once more after it. */
  reload: () => void;
}

/** Requests an answer when the page shows it and whenever `key` changes, which is what it is about; a request that is no longer wanted is aborted. When `version` changes it is requested again, and the last answer is shown meanwhile. */
export function useAnswer<T>(key: string, ask: (signal: AbortSignal) => Promise<T>, version?: unknown): Answer<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: Error }>({ key });
  const current = useRef<{ busy: boolean; again: boolean; asking: AbortController } | undefined>(undefined);
  const latest = useRef(ask);
  latest.current = ask;

  const load = useCallback((): void => {
    const own = current.current;
    if (own === undefined) return;
    own.again = own.busy;
    if (own.busy) return;
    own.busy = true;
    latest.current(own.asking.signal)
      .then((data) => setState({ key, data }), (error: unknown) => {
        if (!own.asking.signal.aborted) setState((before) => ({ ...(before.key === key && before), key, error: error as Error }));
      })
      .finally(() => {
        own.busy = false;
        if (own.again && !own.asking.signal.aborted) load();
      });
  }, [key]);

  // before the next frame is drawn: views within views would each wait for one
  useLayoutEffect(() => {
    const own = { busy: false, again: false, asking: new AbortController() };
    current.current = own;
    load();
    return () => own.asking.abort();
  }, [load]);

  const seen = useRef({ load, version });
  useEffect(() => {
    // another question has just been asked
    if (seen.current.load === load && seen.current.version !== version) load();
    seen.current = { load, version };
  }, [version, load]);

  const { data, error } = state.key === key ? state : {};
  return { data, error, reload: load };
}
