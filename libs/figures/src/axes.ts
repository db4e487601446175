import { frame, type Place, sizes } from './layout.js';
import { ink } from './palette.js';
import type { Scale } from './scales.js';
import { element, escapeXml, text } from './svg.js';

/** Gridlines, ticks and names around a plot whose corner is the origin. */

const small = { 'font-size': sizes.small, 'fill': ink.quiet } as const;

/** Vertical gridlines with their labels, and the name of the axis below. */
export function xAxis({ ticks }: Scale, name: string, { width, height }: Place): string {
  return [
    ...ticks.map(({ at, label }) => element('line', { x1: at, x2: at, y1: 0, y2: height, stroke: label === '' ? ink.faint : ink.discretisation })),
    ...ticks.filter(({ label }) => label !== '').map(({ at, label }) => text(label, { 'x': at, 'y': height + 16, 'text-anchor': 'middle', ...small })),
    text(name, { 'x': width / 2, 'y': height + 33, 'text-anchor': 'middle', 'font-size': sizes.text, 'fill': ink.text }),
  ].join('');
}

/** Horizontal gridlines with their labels. */
export function yAxis({ ticks }: Scale, { width }: Place): string {
  return [
    ...ticks.map(({ at, label }) => element('line', { x1: 0, x2: width, y1: at, y2: at, stroke: label === '' ? ink.faint : ink.discretisation })),
    ...ticks.filter(({ label }) => label !== '').map(({ at, label }) => text(label, { 'x': -7, 'y': at + 4, 'text-anchor': 'end', ...small })),
  ].join('');
}

/** The panel's title, and what its y axis shows, above the plot. */
export function heading(title: string | undefined, name: string): string {
  const parts = [
    ...(title === undefined ? [] : [element('tspan', { 'font-weight': 600 }, escapeXml(title)), name === '' ? '' : ' · ']),
    escapeXml(name),
  ];
  return element('text', { 'x': title === undefined ? 8 - frame.left : 0, 'y': -12, 'font-size': sizes.text, 'fill': ink.text }, ...parts);
}
