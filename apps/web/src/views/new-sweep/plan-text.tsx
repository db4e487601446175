import { plural } from '@elucidate/experiment/plural';
import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { durationText } from '../../parts/time.js';
import { Scroll } from '../../parts/scroll.js';

/** Time on the slots that are there, if any. */
function Expected({ seconds }: { seconds: number }): JSX.Element {
  const { data } = useAnswer('slots', (signal) => dataOf(api.GET('/v1/workers', { signal })));
  const slots = data?.workers.filter(({ state }) => state === 'active').reduce((sum, { concurrency }) => sum + concurrency, 0) ?? 0;
  return <p>About <strong>{durationText(seconds)}</strong> on one slot{slots > 1 && seconds > 0 && `, or ${durationText(seconds / slots)} on the ${slots} slots that are there, if nothing else runs`}.{data !== undefined && slots === 0 && ' No worker is there yet: it would wait for one.'}</p>;
}

/** What the looks of a race may add, in time of one slot. */
const Ahead = ({ rounds }: { rounds: NonNullable<Schemas['Plan']['ahead']> }): JSX.Element => (
  <>
    <p>That is up to the first look of its race. Then, on one slot:</p>
    <ul>{rounds.map(({ images, cells, among, low, high }) => (
      <li key={images ?? 0}>{images === undefined
        ? `train seeds one by one for those of ${plural(among, 'cell')} that may still be the best: up to ${durationText(high)}`
        : `${cells} of ${plural(among, 'cell')} on ${images.toLocaleString('en')} images: ${durationText(low) === durationText(high) ? durationText(low) : `${durationText(low)} to ${durationText(high)}, depending on which`}`}</li>
    ))}</ul>
  </>
);

/** What a sweep would take. */
export const PlanText = ({ plan }: { plan: Schemas['Plan'] }): JSX.Element => (
  <>
    <p><strong>{plural(plan.cells, 'cell')}, {plural(plan.trials, 'trial')}.</strong> {plural(plan.saving.trainingRuns, 'training run')} {plan.saving.trainingRuns === 1 ? 'serves' : 'serve'} them{plan.saving.trainingRunsOnePerTrial > plan.saving.trainingRuns && `; without sharing it would be ${plan.saving.trainingRunsOnePerTrial}`}. {plural(plan.alreadyDone, 'stage')} {plan.alreadyDone === 1 ? 'is' : 'are'} done already.</p>
    <Expected seconds={plan.estimatedSeconds} />
    {plan.ahead !== undefined && <Ahead rounds={plan.ahead} />}
    {plan.weak.length > 0 && <div class="note"><strong>Its scores will be weak:</strong><ul>{plan.weak.map((why) => <li key={why}>{why}</li>)}</ul></div>}
    <Scroll label="Stages"><table>
      <thead><tr><th scope="col">kind</th><th scope="col" class="n">stages</th><th scope="col" class="n">done already</th><th scope="col" class="n">time on one slot</th></tr></thead>
      <tbody>{plan.stages.filter(({ stages }) => stages > 0).map(({ kind, stages, alreadyDone, estimatedSeconds, rateMeasured }) => <tr key={kind}><th scope="row">{kind}</th><td class="n">{stages}</td><td class="n">{alreadyDone}</td><td class="n">{durationText(estimatedSeconds)}{!rateMeasured && estimatedSeconds > 0 && ', a guess'}</td></tr>)}</tbody>
    </table></Scroll>
  </>
);
