import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { reportedLossFigure, type ReportedLosses } from '@elucidate/figures/figures/loss-figure';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { DrawnDownloads } from '../../parts/drawn-downloads.js';
import { FigureView } from '../../parts/figure.js';
import { Preview } from '../../parts/preview.js';
import { Waiting } from '../../parts/waiting.js';
import { useAtMostEvery, useEvents } from '../../live/use-events.js';
import { hrefOf } from '../../route/route.js';
import { agoText } from '../../parts/time.js';

type Reports = Omit<ReportedLosses, 'stage'>;

/** More of them are thinned out. */
const mostPoints = 400;

/** Trainings of which the preview is shown; that of others is on their own pages. */
const previewed = 4;

/** The losses with one more; `step` as the run counts, if it does. */
function appended({ points, across }: Reports = { points: [], across: 'report' }, loss: number, step: unknown): Reports {
  const at = typeof step === 'number' ? step : (points.at(-1)?.[0] ?? 0) + 1;
  return { points: [...(points.length < mostPoints ? points : points.filter((_, i) => i % 2 === 0)), [at, loss]], across: typeof step === 'number' ? 'step' : across };
}

/** A loss curve that draws itself. */
function Losses({ stage, losses }: { stage: string; losses: Reports }): JSX.Element {
  const figure = reportedLossFigure({ stage, ...losses });
  return <details open><summary>loss</summary><FigureView figure={figure} /><DrawnDownloads figure={figure} name={`${stage.replace(' ', '-')}-loss`} /></details>;
}

function Stage({ stage, losses, preview }: { stage: Schemas['ListedStage']; losses: Reports | undefined; preview: boolean }): JSX.Element {
  const percent = Math.round((stage.progress?.fraction ?? 0) * 100);
  return (
    <li>
      <a href={hrefOf(['stages', stage.id])}>{stage.kind} {stage.id.slice(0, 8)}</a> on <code>{stage.workerId}</code>{stage.startedAt && `, for ${agoText(stage.startedAt).replace(' ago', '')} `}
      <progress max={100} value={percent} aria-label={`${stage.kind} ${stage.id.slice(0, 8)}`} /> {stage.progress?.note ?? ''}
      {losses && losses.points.length > 2 && <Losses stage={`${stage.kind} ${stage.id.slice(0, 8)}`} losses={losses} />}
      {preview && <details open><summary>one-step denoising</summary><Preview stage={stage} /></details>}
    </li>
  );
}

/** The stages that run now, with their losses as they are reported. */
export function Running({ sweepId }: { sweepId: string }): JSX.Element {
  const [losses, setLosses] = useState<Readonly<Record<string, Reports>>>({});
  const stages = useAnswer(`running ${sweepId}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/stages', { params: { path: { id: sweepId }, query: { state: 'running', limit: '20' } }, signal })));
  const reload = useAtMostEvery(1500, stages.reload);
  useEvents(sweepId, ({ type, data }) => {
    reload();
    const { loss, step } = (data.values ?? {}) as { loss?: unknown; step?: unknown };
    const stageId = data.stageId;
    if (type === 'stage.progress' && typeof loss === 'number' && typeof stageId === 'string') setLosses((before) => ({ ...before, [stageId]: appended(before[stageId], loss, step) }));
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
