import { useEffect, useState } from 'preact/hooks';
import { hrefOf, parseRoute, type Query, type Route, withQuery } from './route.js';

/** The route in the address bar; follows links, and back and forward. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return parseRoute(hash);
}

/** Replaces some values of the query; every choice is an entry of the history, so that back undoes it, but one of many in passing, as a slider makes. */
export function choose(change: Query, { inPassing = false }: { inPassing?: boolean } = {}): void {
  const { path, query } = parseRoute(location.hash);
  const href = hrefOf(path, withQuery(query, change));
  if (!inPassing) {
    location.hash = href;
    return;
  }
  history.replaceState(null, '', href);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
