/** Where the dashboard is, as its address says after '#': "#/sweeps/3f2a9c01b7de/plot?x=inputScale". The whole state of a view is in it. */
export interface Route {
  path: readonly string[];
  query: URLSearchParams;
}

/** Values of a query by name; absent, null or '' for none, and several of a name as a list. */
export type Query = Readonly<Record<string, string | readonly string[] | null | undefined>>;

/** A part of an address; as it stands where it is no encoding of anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  return { path: path.split('/').filter((part) => part !== '').map(decoded), query: new URLSearchParams(query) };
}

export function hrefOf(path: readonly string[], query: Query | URLSearchParams = {}): string {
  const values = query instanceof URLSearchParams ? query : withQuery(new URLSearchParams(), query);
  const text = values.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** The query with some of its names replaced, or left out. */
export function withQuery(query: URLSearchParams, change: Query): URLSearchParams {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    changed.delete(name);
    for (const one of typeof value === 'string' ? [value] : value ?? []) if (one !== '') changed.append(name, one);
  }
  return changed;
}
