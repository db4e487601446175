import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Pages<T> {
  pages: readonly T[];
  error: Error | undefined;
  /** Whether the last page is there. */
  complete: boolean;
  /** Fetches the next page, unless it is on its way. */
  more: () => void;
}

/** The pages of a list, one after the other as they are requested. `ask` has to be the same function as long as the list is. */
export function usePages<T extends { nextCursor: string | null }>(ask: (cursor: string | undefined, signal: AbortSignal) => Promise<T>): Pages<T> {
  const [state, setState] = useState<{ pages: readonly T[]; error?: Error }>({ pages: [] });
  const list = useRef<{ pages: readonly T[]; busy: boolean; asking: AbortController } | undefined>(undefined);
  const more = useCallback((): void => {
    const own = list.current;
    const last = own?.pages.at(-1);
    if (own === undefined || own.busy || last?.nextCursor === null) return;
    own.busy = true;
    ask(last?.nextCursor ?? undefined, own.asking.signal)
      .then((page) => {
        own.pages = [...own.pages, page];
        setState({ pages: own.pages });
      }, (error: unknown) => {
        if (!own.asking.signal.aborted) setState({ pages: own.pages, error: error as Error });
      })
      .finally(() => { own.busy = false; });
  }, [ask]);
  // as answers are requested: before the next frame is drawn
  useLayoutEffect(() => {
    const own = { pages: [], busy: false, asking: new AbortController() };
    list.current = own;
    setState({ pages: [] });
    more();
    return () => own.asking.abort();
  }, [more]);
  return { ...state, error: state.error, complete: state.pages.length > 0 && state.pages.at(-1)!.nextCursor === null, more };
}
