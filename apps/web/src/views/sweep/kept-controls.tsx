import type { JSX } from 'preact';
import type { Schemas } from '../../api/client.js';
import { choose } from '../../route/use-route.js';
import { labelsOf, rangeOf, withLabels, withRange, type Kept } from './kept.js';

const put = ({ keep, within }: Kept): void => choose({ keep, within });

function Labels({ axis: { path, title, values }, kept }: { axis: Schemas['Parallel']['axes'][number]; kept: Kept }): JSX.Element {
  const chosen = labelsOf(kept, path);
  const toggle = (label: string): void => put(withLabels(kept, path, chosen.includes(label) ? chosen.filter((one) => one !== label) : [...chosen, label]));
  return (
    <details class="columns"><summary>{title}{chosen.length > 0 && `: ${chosen.length} of ${values.length}`}</summary>
      {values.map(String).map((label) => <label key={label}><input type="checkbox" checked={chosen.includes(label)} onChange={() => toggle(label)} /> {label}</label>)}
    </details>
  );
}

function Range({ measure: { name, title }, kept }: { measure: Pick<Schemas['Parallel']['measures'][number], 'name' | 'title'>; kept: Kept }): JSX.Element {
  const range = rangeOf(kept, name);
  const end = (at: 0 | 1, word: string): JSX.Element => (
    <input type="number" step="any" class="end" aria-label={`${title}, ${word}`} placeholder={word} value={range[at]} onChange={({ currentTarget: { value } }) => put(withRange(kept, name, at === 0 ? [value, range[1]] : [range[0], value]))} />
  );
  return <fieldset class="range"><legend>{title}</legend>{end(0, 'from')} {end(1, 'to')}</fieldset>;
}

export interface KeptControlsProps {
  axes: Schemas['Parallel']['axes'];
  measures: readonly Pick<Schemas['Parallel']['measures'][number], 'name' | 'title'>[];
  kept: Kept;
  /** How much that leaves, where it is known. */
  configurations?: Pick<Schemas['Parallel']['configurations'], 'all' | 'kept'>;
}

/** What is kept of a sweep's configurations, in words: the same as brushes on the axes. */
export function KeptControls({ axes, measures, kept, configurations }: KeptControlsProps): JSX.Element {
  return (
    <div class="controls kept" role="group" aria-label="What is kept">
      {axes.map((axis) => <Labels key={axis.path} axis={axis} kept={kept} />)}
      {measures.map((measure) => <Range key={measure.name} measure={measure} kept={kept} />)}
      {configurations && <span role="status">{configurations.kept} of {configurations.all} kept</span>}
      {kept.keep.length + kept.within.length > 0 && <button onClick={() => put({ keep: [], within: [] })}>Keep all</button>}
    </div>
  );
}
