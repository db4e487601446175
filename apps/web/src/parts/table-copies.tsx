import type { JSX } from 'preact';
import { withQuery, type Query } from '../route/route.js';
import { CopyButton } from './copy-button.js';
import { Downloads } from './downloads.js';

const copied = { latex: 'LaTeX', markdown: 'Markdown', csv: 'CSV' } as const;

async function textAt(address: string): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return response.text();
}

/** A table of the API on the clipboard, or as a file. */
export function TableCopies({ path, query, name }: { path: string; query: Query; name: string }): JSX.Element {
  return (
    <>
      <p class="quiet downloads">Copy as {Object.entries(copied).map(([format, title]) => <CopyButton key={format} text={() => textAt(`${path}?${withQuery(new URLSearchParams(), { ...query, format })}`)}>{title}</CopyButton>)}</p>
      <Downloads path={path} query={query} name={name} formats={[...Object.keys(copied), 'json']} />
    </>
  );
}
