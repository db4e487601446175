import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { durationText } from '../../parts/time.js';
import { resultsVersion } from './results-version.js';

const wastedText = (wasted: Schemas['Ledger']['wasted']): string => (wasted.length === 0 ? 'none wasted' : wasted.map(({ seconds, cause }) => `${durationText(seconds)} wasted (${cause})`).join(', '));

/** Device time of a sweep so far, and what sharing saved. */
export function Cost({ sweep }: { sweep: Schemas['Sweep'] }): JSX.Element | null {
  const { id } = sweep;
  const { data } = useAnswer(`ledger ${id}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/ledger', { params: { path: { id } }, signal })), resultsVersion(sweep));
  if (data === undefined) return null;
  const { useful, wasted, sharing } = data;
  return <p class="quiet">Device time: {durationText(useful.seconds)} useful, {wastedText(wasted)}; {durationText(sharing.saved)} saved by sharing between trials{sharing.reused > 0 && `, ${durationText(sharing.reused)} reused from earlier sweeps`}.</p>;
}
