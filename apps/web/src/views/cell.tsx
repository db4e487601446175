import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { bytesText } from '../parts/bytes.js';
import { CopyButton } from '../parts/copy-button.js';
import { Scroll } from '../parts/scroll.js';
import { Waiting } from '../parts/waiting.js';
import { timeText } from '../parts/time.js';
import { hrefOf } from '../route/route.js';
import { useRoute } from '../route/use-route.js';
import { Attempts } from './cell/attempts.js';
import { Trials } from './cell/trials.js';
import { basesText } from '@elucidate/experiment/basis-words';
import { configLabel, digits, estimateText } from '@elucidate/experiment/estimate-text';
import { metricTitle } from '@elucidate/experiment/metric-requests';

type Cell = Schemas['Cell'];
type Stage = Cell['stages'][number];

const isPicture = ({ mediaType }: Stage['outputs'][number]): boolean => mediaType === 'image/png';

const Values = ({ config, varying }: { config: Cell['config']; varying: Cell['varying'] }): JSX.Element => (
  <table>
    <tbody>{Object.entries(config).sort(([a], [b]) => Number(b in varying) - Number(a in varying) || a.localeCompare(b)).map(([key, value]) => (
      <tr key={key} class={key in varying ? 'best' : undefined}><th scope="row">{key}</th><td>{configLabel(key, value)}</td></tr>
    ))}</tbody>
  </table>
);

const Scores = ({ scores }: Pick<Cell, 'scores'>): JSX.Element => (
  <table>
    <thead><tr><th scope="col">metric</th><th scope="col" class="n">mean</th><th scope="col" class="n">trials</th><th scope="col" class="n">n</th><th scope="col" class="n">real-data baseline</th><th scope="col" class="n">NFE</th><th scope="col">evaluator</th></tr></thead>
    <tbody>{scores.flatMap(({ evaluator, n, nfe, metrics }) => Object.entries(metrics as Record<string, Schemas['Estimate']>).map(([metric, estimate]) => (
      <tr key={`${metric} ${evaluator} ${n}`}><th scope="row">{metricTitle(metric)}</th><td class="n">{estimateText(metric, estimate)}</td><td class="n">{estimate.count}{estimate.diverged > 0 && `, ${estimate.diverged} diverged`}</td><td class="n">{n ?? '-'}</td><td class="n">{digits(metric, estimate.real)}</td><td class="n">{nfe ?? '-'}</td><td><code>{evaluator?.slice(0, 8) ?? '-'}</code></td></tr>
    )))}</tbody>
  </table>
);

function StageRow({ stage }: { stage: Stage }): JSX.Element {
  const { device, engine, elucidate } = (stage.provenance ?? {}) as { device?: string; engine?: string; elucidate?: string };
  return (
    <tr>
      <td><a href={hrefOf(['stages', stage.id])}>{stage.kind} {stage.id.slice(0, 8)}</a></td>
      <td><span class={`badge ${stage.state}`}>{stage.state}</span></td>
      <td>{[engine, device].filter(Boolean).join(' on ')}{elucidate && `, elucidate ${elucidate}, code ${stage.codeVersion}`}</td>
      <td><Attempts stage={stage} /></td>
      <td>{stage.outputs.map(({ name, hash, mediaType, sizeBytes }) => <a key={name} class="format" href={`v1/artifacts/${hash}`} title={`${mediaType}, sha256 ${hash}`}>{name} ({bytesText(sizeBytes)})</a>)}</td>
      <td>{stage.endedAt && timeText(stage.endedAt)}</td>
    </tr>
  );
}

/** What computes a configuration again, as commands. */
const commandOf = ({ cellId, sweepId }: Cell): string => `elucidate show ${cellId.slice(0, 12)} --sweep ${sweepId} --spec > cell.json && ELUCIDATE_HOME=again elucidate run --local cell.json`;

/** Everything that a number needs to be trusted. */
export function CellView({ id }: { id: string }): JSX.Element {
  const sweep = useRoute().query.get('sweep') ?? undefined;
  const answer = useAnswer(`cell ${id} ${sweep}`, (signal) => dataOf(api.GET('/v1/cells/{id}', { params: { path: { id }, query: { sweep } }, signal })));
  return (
    <Waiting answer={answer}>{(cell) => (
      <>
        <h1>{Object.entries(cell.varying).map(([key, value]) => `${key} ${value}`).join(', ') || cell.cellId.slice(0, 12)}</h1>
        <p class="quiet">Of <a href={hrefOf(['sweeps', cell.sweepId])}>{cell.sweepName}</a>{cell.alsoIn.length > 0 && <>, also in {cell.alsoIn.slice(0, 5).map((other) => <a key={other} class="format" href={hrefOf(['cells', cell.cellId], { sweep: other })}>{other}</a>)}</>}. <code>{cell.cellId}</code> <CopyButton text={() => JSON.stringify(cell, null, 2)}>Copy as JSON</CopyButton></p>
        <Scroll label="Scores"><Scores scores={cell.scores} /></Scroll>
        {cell.scores.length === 0 && <p>It has no score.</p>}
        {cell.scores.map(({ evaluator, n, bases }) => <p key={`${evaluator} ${n}`} class="quiet">{basesText(bases)}</p>)}
        <p>Computed again by <code>{commandOf(cell)}</code> <CopyButton text={() => commandOf(cell)}>Copy</CopyButton></p>
        <div class="sheets">{cell.stages.flatMap((stage) => stage.outputs.filter(isPicture).map(({ name, hash }) => <figure key={hash}><img src={`v1/artifacts/${hash}`} alt={`${name} of ${stage.kind} ${stage.id.slice(0, 8)}`} loading="lazy" /><figcaption>{name}, {stage.kind} <code>{stage.id.slice(0, 8)}</code></figcaption></figure>))}</div>
        <h2>Trials</h2>
        <Trials cell={cell} />
        {cell.trialsCut && <p class="quiet">The first {cell.trials.length} trials; the others are in <a href={`v1/sweeps/${cell.sweepId}/trials?format=csv`}>all trials of the sweep</a>.</p>}
        <h2>Stages</h2>
        <Scroll label="Stages"><table>
          <thead><tr><th scope="col">stage</th><th scope="col">state</th><th scope="col">computed with</th><th scope="col">attempts and their logs</th><th scope="col">files</th><th scope="col">ended</th></tr></thead>
          <tbody>{cell.stages.map((stage) => <StageRow key={stage.id} stage={stage} />)}</tbody>
        </table></Scroll>
        <h2>Values</h2>
        <Scroll label="Values"><Values config={cell.config} varying={cell.varying} /></Scroll>
      </>
    )}</Waiting>
  );
}
