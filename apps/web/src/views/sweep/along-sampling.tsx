import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { digits } from '@elucidate/experiment/estimate-text';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { Choice } from '../../parts/choice.js';
import { bytesOf, headerLength, sheetOf, trajectoryIn, type ImageTensor } from '../../parts/tensor-file.js';
import { Failure, Waiting } from '../../parts/waiting.js';
import { choose, useRoute } from '../../route/use-route.js';

type Plot = Schemas['Trajectories']['trajectories'][number];

const [columns, shown] = [8, 64];

async function bytes(hash: string, [first, last]: readonly [number, number], signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(`v1/artifacts/${hash}`, { headers: { range: `bytes=${first}-${last}` }, signal });
  if (response.status !== 206) throw new Error(`${response.url} answered ${response.status} in place of a part`);
  return response.arrayBuffer();
}

interface Sources {
  /** Of the images of each step. */
  hash: string;
  tensor: ImageTensor;
  sheet: string | undefined;
  /** One-step denoising of real images, which it has in its first row. */
  previews: string | undefined;
}

/** Where the images of a configuration are: of its first trial that has them. */
async function sourcesOf(cell: string, sweep: string, signal: AbortSignal): Promise<Sources | null> {
  const { stages } = await dataOf(api.GET('/v1/cells/{id}', { params: { path: { id: cell }, query: { sweep } }, signal }));
  const output = (kind: string, name: string): string | undefined => stages.flatMap((stage) => (stage.kind === kind ? stage.outputs : [])).find((one) => one.name === name)?.hash;
  const hash = output('sample', 'images');
  if (hash === undefined) return null;
  const length = headerLength(await bytes(hash, [0, 7], signal));
  const tensor = trajectoryIn(new TextDecoder().decode(await bytes(hash, [8, 7 + length], signal)));
  return tensor === undefined ? null : { hash, tensor, sheet: output('sample', 'sheet'), previews: output('train', 'previews') };
}

/** x0-hat of the first images at a step. */
function Step({ sources: { hash, tensor }, step, label }: { sources: Sources; step: number; label: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [error, setError] = useState<Error | undefined>(undefined);
  useEffect(() => {
    const asking = new AbortController();
    bytes(hash, bytesOf(tensor, step, shown), asking.signal).then((found) => {
      const { width, height, data } = sheetOf(found, tensor, columns);
      Object.assign(canvas.current!, { width, height });
      canvas.current!.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
      setError(undefined);
    }, (failure: unknown) => { if (!asking.signal.aborted) setError(failure as Error); });
    return () => asking.abort();
  }, [hash, step]);
  return <figure>{error && <Failure error={error} />}<canvas ref={canvas} role="img" aria-label={label} /><figcaption>{label}</figcaption></figure>;
}

function Images({ plot, line, sources, step }: { plot: Plot; line: Plot['lines'][number]; sources: Sources; step: number }): JSX.Element {
  const last = Math.min(line.points.length, sources.tensor.shape[0]) - 1;
  const at = Math.min(step, last);
  const { sigma, mean } = line.points[at]!;
  const name = metricTitle(plot.metric);
  const said = `step ${at + 1} of ${last + 1}: sigma ${Number(sigma.toPrecision(3))}, ${name} ${digits(plot.metric, mean)}`;
  return (
    <>
      <label class="slider"><span>Step</span><input type="range" min={1} max={last + 1} value={at + 1} aria-valuetext={said} onInput={({ currentTarget }) => choose({ step: currentTarget.value }, { inPassing: true })} /> <output>{said}</output></label>
      <div class="sheets">
        <Step sources={sources} step={at} label={`x0-hat before ${said}`} />
        {sources.sheet && <figure><img src={`v1/artifacts/${sources.sheet}`} alt="The samples" /><figcaption>the samples themselves, from the same noise</figcaption></figure>}
        {sources.previews && <figure><div class="first-row"><img src={`v1/artifacts/${sources.previews}`} alt="Real images" /></div><figcaption>real images of the test split; {name} of as many real images {digits(plot.metric, plot.basis?.real?.value)}, n = {plot.basis?.n ?? '-'}, evaluator {plot.basis?.evaluator?.slice(0, 8) ?? '-'}</figcaption></figure>}
      </div>
    </>
  );
}

/** The network's estimate of the images at each step of sampling, with the score of each. */
export function AlongSampling({ sweepId, metric }: { sweepId: string; metric: string | undefined }): JSX.Element {
  const { query } = useRoute();
  const answer = useAnswer(`trajectories ${sweepId} ${metric}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/trajectories', { params: { path: { id: sweepId }, query: { format: 'json', metric } }, signal, parseAs: 'json' })) as Promise<Schemas['Trajectories']>);
  const plot = answer.data?.trajectories[0];
  const line = plot?.lines.find(({ cell }) => cell.startsWith(query.get('cell') ?? '')) ?? plot?.lines[0];
  const sources = useAnswer(`along ${line?.cell}`, (signal) => (line === undefined ? Promise.resolve(null) : sourcesOf(line.cell, sweepId, signal)));
  return (
    <Waiting answer={answer}>{() => (plot === undefined || line === undefined ? null : (
      <section aria-label="Images along sampling">
        <h2>x0-hat, step by step</h2>
        <div class="controls"><Choice name="cell" label="Configuration" value={line.cell.slice(0, 12)} options={plot.lines.map(({ cell, label }) => ({ value: cell.slice(0, 12), label }))} /></div>
        {sources.error && <Failure error={sources.error} />}
        {sources.data && <Images plot={plot} line={line} sources={sources.data} step={Math.max(0, Number(query.get('step') ?? 1) - 1 || 0)} />}
      </section>
    ))}</Waiting>
  );
}
