import type { Axis } from './figure.js';
import { frame, nameLine, type Place, roomBelow, sizes } from './layout.js';
import { namesBelow } from './names-below.js';
import { ink } from './palette.js';
import type { Scale } from './scales.js';
import { element, escapeXml, text } from './svg.js';

/** Gridlines, ticks and names around a plot whose corner is the origin. */

const small = { 'font-size': sizes.small, 'fill': ink.quiet } as const;

/** Names below a plot, each below its place; returns the markup and how far down they reach. */
export function drawnNames(ticks: readonly { at: number; label: string }[], { width, height }: Place): { markup: string; below: number } {
  const places = namesBelow(ticks, roomBelow(width));
  const markup = [
    // a name further down is led to its place
    ...places.filter(({ row }) => row > 0).map(({ at, row }) => element('line', { x1: at, x2: at, y1: height, y2: height + 4 + row * nameLine, stroke: ink.discretisation })),
    ...places.map(({ x, row, text: shown, name }) => element('g', {}, element('title', {}, escapeXml(name)),
      text(shown, { 'x': x, 'y': height + 16 + row * nameLine, 'text-anchor': 'middle', 'stroke': ink.paper, 'stroke-width': 3, 'paint-order': 'stroke', ...small }))),
  ].join('');
  return { markup, below: Math.max(0, ...places.map(({ row }) => row)) * nameLine };
}

/** The name of an axis, below its ticks. */
export const axisName = (name: string, { width, height }: Pick<Place, 'width' | 'height'>, below = 0): string => text(name, { 'x': width / 2, 'y': height + 33 + below, 'text-anchor': 'middle', 'font-size': sizes.text, 'fill': ink.text });

/** Vertical gridlines with their labels, and the name of the axis below. */
export function xAxis({ ticks }: Scale, { label: name, names = false }: Pick<Axis, 'label' | 'names'>, place: Place): string {
  const { height } = place;
  const labelled = ticks.filter(({ label }) => label !== '');
  const { markup, below } = names ? drawnNames(labelled, place) : { markup: labelled.map(({ at, label }) => text(label, { 'x': at, 'y': height + 16, 'text-anchor': 'middle', ...small })).join(''), below: 0 };
  return [
    ...ticks.map(({ at, label }) => element('line', { x1: at, x2: at, y1: 0, y2: height, stroke: label === '' ? ink.faint : ink.discretisation })),
    markup, axisName(name, place, below),
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
