import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Figure } from '@elucidate/figures/figure';
import { Failure } from './waiting.js';

const formats = ['svg', 'png', 'csv'] as const;

/** Saves a picture that the page has drawn of what only it knows, in the formats that the API gives of others. */
export function DrawnDownloads({ figure, name }: { figure: Figure; name: string }): JSX.Element {
  const [error, setError] = useState<Error | undefined>(undefined);
  const save = (format: typeof formats[number]): void => {
    setError(undefined);
    import('./save-figure.js').then(({ saveFigure }) => saveFigure(figure, { name, format })).catch((failure: unknown) => setError(failure as Error));
  };
  return (
    <>
      <p class="quiet downloads">Download: {formats.map((format) => <button key={format} class="link format" onClick={() => save(format)}>{format.toUpperCase()}</button>)}</p>
      {error && <Failure error={error} />}
    </>
  );
}
