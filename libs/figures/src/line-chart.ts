import { heading, xAxis, yAxis } from './axes.js';
import { curve, strokeAttributes } from './curve.js';
import { type CurvePanel, type Figure, type HeatPanel, labelsOf, limited, type Mark, type Panel, type RowPanel } from './figure.js';
import { graphPanel } from './graph.js';
import { heatPanel } from './heat.js';
import { frame, layoutOf, legendLine, lineHeight, type Layout, type Place, sizes, swatch, titleLine } from './layout.js';
import { parallelPanel } from './parallel.js';
import { ink, type Stroke, strokeOf } from './palette.js';
import { type Scale, scaleOf } from './scales.js';
import { element, escapeXml, pixels, text } from './svg.js';
import { fitted } from './text-width.js';

function curves(panel: CurvePanel, place: Place, strokes: ReadonlyMap<string, Stroke>): string {
  const points = panel.series.flatMap((series) => series.points);
  const x = scaleOf(panel.x, points.map(([across]) => across), [0, place.width]);
  const y = scaleOf(panel.y, points.map(([, up]) => up), [place.height, 0]);
  return [
    xAxis(x, panel.x, place), yAxis(y, place), heading(panel.title, panel.y.label),
    element('rect', { x: 0, y: 0, width: place.width, height: place.height, fill: 'none', stroke: ink.axis }),
    ...panel.series.map((series) => curve(series, { x, y }, { place, stroke: strokes.get(series.label)! })),
  ].join('');
}

/** Strokes for marks and open circles for those outside; of marks that would overlap, only some are drawn. */
function marksOf(marks: readonly Mark[], x: Scale, { width, y }: { width: number; y: number }): string {
  const places = (outside: boolean): number[] => {
    const all = marks.filter((mark) => mark.outside === outside).map((mark) => x.of(mark.x)).filter((at) => at >= 0 && at <= width).sort((one, other) => one - other);
    return all.reduce<number[]>((kept, at) => (at - (kept.at(-1) ?? -Infinity) < 0.6 ? kept : [...kept, at]), []);
  };
  const strokes = places(false).map((at) => `M${pixels(at)} ${pixels(y - 6)}v12`).join('');
  return [
    ...(strokes === '' ? [] : [element('path', { 'd': strokes, 'stroke': ink.text, 'stroke-width': 1.2 })]),
    ...places(true).map((at) => element('circle', { 'cx': at, 'cy': y, 'r': 3.2, 'fill': ink.paper, 'stroke': ink.warning, 'stroke-width': 1.5 })),
  ].join('');
}

/** Rows of marks, each label next to its row. */
function rows(panel: RowPanel, place: Place, legend: Place): string {
  const x = scaleOf(panel.x, panel.rows.flatMap(({ marks, band = [] }) => [...marks.map((mark) => mark.x), ...band]), [0, place.width]);
  const step = place.height / Math.max(1, panel.rows.length);
  const within = (value: number): number => Math.min(place.width, Math.max(0, x.of(value)));
  const drawn = panel.rows.map(({ label, band, marks }, row) => {
    const y = (row + 0.5) * step;
    return [
      ...(band === undefined ? [] : [element('rect', { x: within(band[0]), y: y - 5, width: within(band[1]) - within(band[0]), height: 10, fill: ink.band })]),
      marksOf(marks, x, { width: place.width, y }),
      element('g', {}, element('title', {}, escapeXml(label)), text(fitted(label, sizes.text, legend.width), { 'x': legend.x - place.x, 'y': y + 4, 'font-size': sizes.text, 'fill': ink.text })),
    ].join('');
  });
  return [xAxis(x, panel.x, place), heading(panel.title, ''), element('rect', { x: 0, y: 0, width: place.width, height: place.height, fill: 'none', stroke: ink.axis }), ...drawn].join('');
}

const heat = (panel: HeatPanel, place: Place): string => heatPanel(panel, place) + heading(panel.title, panel.y.label);

/** Each label next to a short section of its curve. */
function legendOf(labels: readonly string[], { x, y, width }: Omit<Place, 'height'>, strokes: ReadonlyMap<string, Stroke>): string {
  return labels.map((label, row) => element('g', {},
    element('title', {}, escapeXml(label)),
    element('line', { x1: x, x2: x + swatch - 6, y1: y + row * legendLine + 8, y2: y + row * legendLine + 8, ...strokeAttributes(strokes.get(label)!), 'stroke-width': 2.4 }),
    text(fitted(label, sizes.text, width - swatch), { 'x': x + swatch, 'y': y + row * legendLine + 12, 'font-size': sizes.text, 'fill': ink.text }))).join('');
}

function texts(figure: Figure, { left, title, subtitle, notes }: Layout): string {
  const lines = (content: readonly string[], y: number, size: number) => content.map((line, row) => text(line, { 'x': left, 'y': y + row * lineHeight, 'font-size': size, 'fill': ink.quiet }));
  return [
    ...title.lines.map((line, row) => text(line, { 'x': left, 'y': title.y + row * titleLine, 'font-size': sizes.title, 'font-weight': 600, 'fill': ink.text })),
    ...lines(subtitle.lines, subtitle.y, sizes.text),
    ...lines(notes.lines, notes.y, sizes.small),
  ].join('');
}

function drawnPanel(panel: Panel, { place, strokes, legend }: { place: Place; strokes: ReadonlyMap<string, Stroke>; legend: Place }): string {
  switch (panel.kind) {
    case 'curves': return curves(panel, place, strokes);
    case 'rows': return rows(panel, place, legend);
    case 'heat': return heat(panel, place);
    case 'graph': return graphPanel(panel, place);
    case 'parallel': return parallelPanel(panel, place) + heading(panel.title, '');
  }
}

/**
 * The figure as SVG text, `width` pixels wide and as tall as needed: panels with gridlines, a legend in the figure's own order
 * at the right, notes below. Curves are clipped to their panel; those beyond 16 are named in a note.
 */
export function lineChart(whole: Figure, { width = 960 }: { width?: number } = {}): string {
  const figure = limited(whole);
  const labels = labelsOf(figure);
  const strokes = new Map(labels.map((label, n) => [label, strokeOf(n)]));
  const layout = layoutOf(figure, width);
  const panels = figure.panels.map((panel, n) => {
    const place = layout.plots[n]!;
    const below = figure.legend === 'below' && panel.kind === 'curves' ? legendOf(panel.series.map(({ label }) => label), { x: 0, y: place.height + frame.bottom, width: place.width }, strokes) : '';
    return element('g', { transform: `translate(${pixels(place.x)} ${pixels(place.y)})` }, drawnPanel(panel, { place, strokes, legend: layout.legend }), below);
  });
  return element('svg', { 'xmlns': 'http://www.w3.org/2000/svg', 'viewBox': `0 0 ${width} ${layout.height}`, width, 'height': layout.height, 'role': 'img', 'aria-label': figure.title, 'font-family': 'Inter, system-ui, sans-serif' },
    element('title', {}, escapeXml(figure.title)),
    element('desc', {}, escapeXml(figure.subtitle)),
    element('rect', { width, height: layout.height, fill: ink.paper }),
    texts(figure, layout), ...panels, figure.legend === 'right' ? legendOf(labels, layout.legend, strokes) : '') + '\n';
}
