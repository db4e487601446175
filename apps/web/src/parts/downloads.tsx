import type { JSX } from 'preact';
import { withQuery, type Query } from '../route/route.js';

/** Links to a picture or a table of the API in its formats; `what` says how much of it that is, where it is not all or need not be. */
export const Downloads = ({ path, query, name, formats, what }: { path: string; query: Query; name: string; formats: readonly string[]; what?: string }): JSX.Element => (
  <p class="quiet downloads">Download{what && ` ${what}`}: {formats.map((format) => <a key={format} class="format" href={`${path}?${withQuery(new URLSearchParams(), { ...query, format })}`} download={`${name}.${format}`}>{format.toUpperCase()}</a>)}</p>
);
