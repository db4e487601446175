import type { ParallelPanel } from './figure.js';
import { shadeOf } from './heat.js';
import { sizes, type Place } from './layout.js';
import { ink } from './palette.js';
import { element, escapeXml, pixels, text } from './svg.js';
import { fitted } from './text-width.js';

/** How far beyond an end of an axis a line is drawn that goes there, in pixels. */
const beyond = 7;

const halo = { 'paint-order': 'stroke', 'stroke': ink.paper, 'stroke-width': 3 } as const;

function lineOf(at: readonly (number | null)[], { step, height }: { step: number; height: number }): string {
  let open = false;
  return at.map((place, i) => {
    if (place === null || Number.isNaN(place)) {
      open = false;
      return '';
    }
    const y = Math.min(height + beyond, Math.max(-beyond, (1 - place) * height));
    const piece = `${open ? 'L' : 'M'}${pixels(i * step)} ${pixels(y)}`;
    open = true;
    return piece;
  }).join('');
}

/** A vertical axis for each column and a line for each configuration, the first on top. Each axis carries its place as `data-axis`. */
export function parallelPanel({ axes, lines }: ParallelPanel, { width, height }: Place): string {
  const step = axes.length < 2 ? width : width / (axes.length - 1);
  const small = { 'font-size': sizes.small, 'fill': ink.quiet } as const;
  const room = Math.max(40, step - 10);
  return [
    element('g', { fill: 'none' }, ...lines.toReversed().map(({ at, shade, title, key }) =>
      element('path', { 'd': lineOf(at, { step, height }), 'stroke': shadeOf(shade * 0.75), 'stroke-width': 1.1, 'stroke-opacity': lines.length > 200 ? '0.55' : '0.85', 'data-key': key }, element('title', {}, escapeXml(title))))),
    ...axes.map(({ title, scale, ticks }, i) => element('g', { 'transform': `translate(${pixels(i * step)} 0)` },
      element('line', { 'y1': 0, 'y2': height, 'stroke': ink.axis, 'stroke-width': 1.2 }),
      ...ticks.map(({ at, label }) => element('g', {}, element('line', { x1: -3, x2: 3, y1: (1 - at) * height, y2: (1 - at) * height, stroke: ink.axis }), text(fitted(label, sizes.small, room), { 'x': -6, 'y': (1 - at) * height + 4, 'text-anchor': 'end', ...small, 'fill': ink.text, ...halo }))),
      element('g', {}, element('title', {}, escapeXml(title)), text(fitted(title, sizes.text, room), { 'y': -12, 'text-anchor': i === axes.length - 1 && i > 0 ? 'end' : 'middle', 'font-size': sizes.text, 'font-weight': 600, 'fill': ink.text })),
      text(scale ?? '', { 'y': height + 20, 'text-anchor': 'middle', ...small }),
      element('rect', { 'x': -14, 'y': 0, 'width': 28, height, 'fill': ink.paper, 'fill-opacity': '0', 'data-axis': String(i) }))),
  ].join('');
}
