import type { JSX } from 'preact';
import { useAnswer } from '../../api/use-answer.js';
import { inspected } from '../../editor/inspected.js';
import { DrawnDownloads } from '../../parts/drawn-downloads.js';
import { FigureView } from '../../parts/figure.js';
import { pageWords } from '../../parts/page-words.js';
import { Waiting } from '../../parts/waiting.js';
import { choose, useRoute } from '../../route/use-route.js';

/** A larger sweep takes a browser too long. */
const mostCells = 20_000;

const titles: Readonly<Record<string, string>> = { 'gamma': 'Noise schedules', 'log-snr': 'log SNR', 'density': 'Noise levels', 'scalings': 'Scalings', 'discretisations': 'Discretisations', 'sampling-path': 'Sampling path', 'loss-weight': 'Loss weights', 'averages': 'Averages of the weights' };

/** What sampling visits beyond the noise levels of training, which is worth knowing before anything runs. */
const outsideText = ({ label, levelsOutside: { least, most } }: { label: string; levelsOutside: { least: number; most: number } }): string => `${label}: ${least === most ? most : `${least} to ${most}`}`;

/** The pictures of `elucidate inspect`, one at a time; which one is in the address. */
export function Pictures({ text, cells }: { text: string; cells: number }): JSX.Element | null {
  const { query } = useRoute();
  const few = cells <= mostCells;
  const answer = useAnswer(`inspect ${few ? text : ''}`, (signal) => (few ? inspected(text, signal) : Promise.resolve({ error: `More than ${mostCells} cells: elucidate inspect draws them.` })));
  return (
    <section aria-label="Pictures of the sweep">
      <h2>What it is made of</h2>
      <Waiting answer={answer}>{(found) => {
        if ('error' in found) return <p class="quiet">{found.error}</p>;
        const shown = found.figures.find(({ name }) => name === query.get('picture')) ?? found.figures.find(({ name }) => name === 'density')!;
        const outside = found.runs.filter(({ levelsOutside }) => levelsOutside.most > 0);
        return (
          <>
            <div class="controls" role="group" aria-label="Picture">{found.figures.map(({ name }) => <button key={name} aria-pressed={name === shown.name} onClick={() => choose({ picture: name })}>{titles[name] ?? name}</button>)}</div>
            <FigureView figure={{ ...shown.figure, notes: shown.figure.notes.map(pageWords) }} />
            <DrawnDownloads figure={shown.figure} name={shown.name} />
            {outside.length > 0 && <p class="quiet">Noise levels that sampling visits and training does not: {outside.slice(0, 6).map(outsideText).join('; ')}{outside.length > 6 && ` and ${outside.length - 6} more sampling runs`}.</p>}
          </>
        );
      }}</Waiting>
    </section>
  );
}
