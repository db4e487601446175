import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { lossFigure, smoothed } from '@elucidate/figures/figures/loss-figure';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { FigureView } from '../../parts/figure.js';
import { Preview } from '../../parts/preview.js';
import { Waiting } from '../../parts/waiting.js';
import { useAtMostEvery, useEvents } from '../../live/use-events.js';
import { hrefOf } from '../../route/route.js';
import { agoText } from '../../parts/time.js';

/** Losses that a training run reported since this page was opened. */
type Losses = Readonly<Record<string, readonly number[]>>;

/** More of them are thinned out. */
const mostPoints = 400;

/** Trainings of which the preview is shown; that of others is on their own pages. */
const previewed = 4;

const appended = (losses: readonly number[], loss: number): number[] => (losses.length < mostPoints ? [...losses, loss] : [...losses.filter((_, i) => i % 2 === 0), loss]);

function Stage({ stage, losses, preview }: { stage: Schemas['ListedStage']; losses: readonly number[] | undefined; preview: boolean }): JSX.Element {
  const percent = Math.round((stage.progress?.fraction ?? 0) * 100);
  return (
    <li>
      <a href={hrefOf(['stages', stage.id])}>{stage.kind} {stage.id.slice(0, 8)}</a> on <code>{stage.workerId}</code>{stage.startedAt && `, for ${agoText(stage.startedAt).replace(' ago', '')} `}
      <progress max={100} value={percent} aria-label={`${stage.kind} ${stage.id.slice(0, 8)}`} /> {stage.progress?.note ?? ''}
      {losses && losses.length > 2 && <details open><summary>loss</summary><FigureView figure={lossFigure({ sweepName: 'since this page was opened, at each report', runs: [{ label: stage.id.slice(0, 8), facet: null, points: smoothed({ batch: 1, losses }) }] })} /></details>}
      {preview && <details open><summary>one-step denoising</summary><Preview stage={stage} /></details>}
    </li>
  );
}

/** The stages that run now, with their losses as they are reported. */
export function Running({ sweepId }: { sweepId: string }): JSX.Element {
  const [losses, setLosses] = useState<Losses>({});
  const stages = useAnswer(`running ${sweepId}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/stages', { params: { path: { id: sweepId }, query: { state: 'running', limit: '20' } }, signal })));
  const reload = useAtMostEvery(1500, stages.reload);
  useEvents(sweepId, ({ type, data }) => {
    reload();
    const loss = (data.values as { loss?: unknown } | undefined)?.loss;
    const stageId = data.stageId;
    if (type === 'stage.progress' && typeof loss === 'number' && typeof stageId === 'string') setLosses((before) => ({ ...before, [stageId]: appended(before[stageId] ?? [], loss) }));
  });
  return (
    <section aria-label="Stages that run">
      <h2>Now</h2>
      <Waiting answer={stages}>{({ stages: running }) => {
        const shown = new Set(running.filter(({ previewAt }) => previewAt !== null).slice(0, previewed).map(({ id }) => id));
        return running.length === 0 ? <p class="quiet">No stage of it runs.</p> : <ul class="now">{running.map((stage) => <Stage key={stage.id} stage={stage} losses={losses[stage.id]} preview={shown.has(stage.id)} />)}</ul>;
      }}</Waiting>
    </section>
  );
}
