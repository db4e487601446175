import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { pointFacts } from '@elucidate/experiment/point-facts';
import { nameOf } from '@elucidate/figures/figures/metric-figure';
import { api, dataOf, type Schemas } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { hrefOf } from '../route/route.js';

type Plot = Schemas['MetricPlot'];
type Point = Plot['points'][number];

/** A pointer has to rest for so long, in ms, before images are fetched. */
const restMs = 250;

/** The sample sheet of a configuration, once a pointer rests on it. */
function Sheet({ cell, sweepId, name }: { cell: string; sweepId: string; name: string }): JSX.Element | null {
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setWanted(cell), restMs);
    return () => clearTimeout(timer);
  }, [cell]);
  const { data } = useAnswer(`sheet ${wanted} ${sweepId}`, async (signal) => (wanted === '' ? null : dataOf(api.GET('/v1/cells/{id}', { params: { path: { id: wanted }, query: { sweep: sweepId } }, signal }))));
  const sheet = data?.stages.flatMap(({ kind, outputs }) => (kind === 'sample' ? outputs.filter((output) => output.name === 'sheet') : [])).at(0);
  return wanted !== cell || sheet === undefined ? <div class="sheet-place" /> : <img class="sheet-place" src={`v1/artifacts/${sheet.hash}`} alt={`Samples of ${name}`} />;
}

function Card({ plot, point }: { plot: Plot; point: Point }): JSX.Element {
  const name = nameOf(plot, point);
  return (
    <>
      <strong>{name}</strong>
      <dl>{pointFacts(plot, point).map(([term, text]) => <div key={term}><dt>{term}</dt><dd>{text}</dd></div>)}</dl>
      {point.cell && <><Sheet cell={point.cell} sweepId={plot.sweepId} name={name} /><a href={hrefOf(['cells', point.cell], { sweep: plot.sweepId })}>The configuration</a></>}
    </>
  );
}

const steps: Readonly<Record<string, readonly [across: number, down: number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The square next to one in a direction, by where they are drawn. */
function neighbour(squares: readonly Element[], from: Element, [across, down]: readonly [number, number]): Element {
  const at = (element: Element): readonly [number, number] => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [x, y] = at(from);
  const ahead = squares.map((element) => ({ element, by: at(element) })).map(({ element, by: [ox, oy] }) => ({ element, along: (ox - x) * across + (oy - y) * down, aside: Math.abs((ox - x) * down) + Math.abs((oy - y) * across) })).filter(({ along, aside }) => along > 1 && aside < 4);
  return ahead.sort((a, b) => a.along - b.along)[0]?.element ?? from;
}

/** A square of a picture, which has a place in pictures with the same axes. */
interface Pointed extends Pick<Point, 'x' | 'y' | 'facet'> {
  axes: string;
}

/** What a picture is of; another choice of any of it makes every square another. */
const axesOf = ({ metric, x, y, facets, fixed }: Plot): string => JSON.stringify([metric, x.path, y?.path, facets?.path, fixed]);

function pointedAt(plot: Plot, index: number): Pointed | undefined {
  const point = plot.points[index];
  return point && { x: point.x, y: point.y, facet: point.facet, axes: axesOf(plot) };
}

/** The index of its point; -1 if the picture has none. */
const placeIn = (plot: Plot, { axes, x, y, facet }: Pointed): number => (axes === axesOf(plot) ? plot.points.findIndex((point) => point.x === x && point.y === y && point.facet === facet) : -1);

/** What is known of the square of a picture that a pointer is on, or that arrow keys move to: n, seeds, deviation and a sample sheet. */
export function PointCard({ plot, children }: { plot: Plot; children: ComponentChildren }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed | undefined>(undefined);
  const latest = useRef(plot);
  latest.current = plot;
  const index = pointed === undefined ? -1 : placeIn(plot, pointed);
  useEffect(() => {
    const element = place.current!;
    const show = (found: Element | null): void => {
      if (found !== null) setPointed(pointedAt(latest.current, Number(found.getAttribute('data-key'))));
    };
    const over = ({ target }: PointerEvent): void => show((target as Element).closest('[data-key]'));
    const key = (event: KeyboardEvent): void => {
      const step = steps[event.key];
      if (step === undefined) return;
      const squares = [...element.querySelectorAll('.figure [data-key]')];
      if (squares.length === 0) return;
      event.preventDefault();
      const current = element.querySelector('.pointed');
      show(current === null ? squares[0]! : neighbour(squares, current, step));
    };
    element.addEventListener('pointerover', over);
    element.addEventListener('keydown', key);
    return () => {
      element.removeEventListener('pointerover', over);
      element.removeEventListener('keydown', key);
    };
  }, []);
  // also in a picture that is drawn again, which has no mark
  useEffect(() => {
    const found = place.current!.querySelector(`.figure [data-key="${index}"]`);
    found?.classList.add('pointed');
    return () => found?.classList.remove('pointed');
  }, [plot, index]);
  return (
    <div class={`inspected${plot.y === null ? '' : ' heat'}`} ref={place}>
      {children}
      {plot.y !== null && <aside class="card" aria-live="polite" aria-label="The square pointed at">{index < 0 ? <p class="quiet">Point at a square, or move with the arrow keys.</p> : <Card plot={plot} point={plot.points[index]!} />}</aside>}
    </div>
  );
}
