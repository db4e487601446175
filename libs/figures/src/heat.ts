import { axisName, drawnNames } from './axes.js';
import type { HeatCell, HeatPanel } from './figure.js';
import { rowNames, sizes, type Place } from './layout.js';
import { ink } from './palette.js';
import { element, escapeXml, text } from './svg.js';
import { fitted, textWidth } from './text-width.js';

/** From the best to the worst: one hue, so that only lightness has to be told apart. */
const shades = [[8, 64, 120], [66, 133, 190], [165, 202, 228], [241, 246, 250]] as const;

/** The colour of a shade in [0, 1], 0 the darkest. */
export function shadeOf(shade: number): string {
  const at = Math.min(1, Math.max(0, shade)) * (shades.length - 1);
  const below = Math.min(shades.length - 2, Math.floor(at));
  return `#${[0, 1, 2].map((part) => Math.round(shades[below]![part]! + (shades[below + 1]![part]! - shades[below]![part]!) * (at - below)).toString(16).padStart(2, '0')).join('')}`;
}

function square(cell: HeatCell | null, place: Place): string {
  const { x, y, width, height } = place;
  const middle = { 'x': x + width / 2, 'y': y + height / 2 + 4, 'text-anchor': 'middle', 'font-size': sizes.text } as const;
  if (cell === null) return element('g', {}, element('rect', { x: x + 1, y: y + 1, width: width - 2, height: height - 2, fill: ink.faint }), text('–', { ...middle, fill: ink.quiet }));
  return element('g', { 'data-key': cell.key },
    element('title', {}, escapeXml(cell.title)),
    element('rect', { 'x': x + 1, 'y': y + 1, 'width': width - 2, 'height': height - 2, 'fill': shadeOf(cell.shade), 'stroke': cell.best ? ink.warning : undefined, 'stroke-width': cell.best ? 2.5 : undefined }),
    text([cell.text, cell.short].find((label) => textWidth(label, sizes.text) <= width - 2) ?? '', { ...middle, 'fill': cell.shade < 0.45 ? ink.paper : ink.text, 'font-weight': cell.best ? 600 : undefined }));
}

/** Squares of two axes, the first row at the top; names of the rows at the left, of the columns below. */
export function heatPanel({ x, y, cells }: HeatPanel, place: Place): string {
  const { width, height } = place;
  const [across, down] = [width / Math.max(1, x.values.length), height / Math.max(1, y.values.length)];
  const names = x.names === true ? drawnNames(x.values.map((label, c) => ({ at: (c + 0.5) * across, label })), place) : undefined;
  // short labels that do not fit below their columns are given at every n-th
  const every = Math.max(1, Math.ceil((Math.min(60, Math.max(0, ...x.values.map((label) => textWidth(label, sizes.small)))) + 4) / across));
  const small = { 'font-size': sizes.small, 'fill': ink.quiet } as const;
  return [
    ...cells.flatMap((row, r) => row.map((cell, c) => square(cell, { x: c * across, y: r * down, width: across, height: down }))),
    ...y.values.map((label, r) => element('g', {}, element('title', {}, escapeXml(label)), text(fitted(label, sizes.small, rowNames - 12), { 'x': -7, 'y': (r + 0.5) * down + 4, 'text-anchor': 'end', ...small }))),
    ...(names !== undefined ? [names.markup] : x.values.flatMap((label, c) => (c % every > 0 ? [] : [element('g', {}, element('title', {}, escapeXml(label)), text(fitted(label, sizes.small, across * every - 4), { 'x': (c + 0.5) * across, 'y': height + 16, 'text-anchor': 'middle', ...small }))]))),
    axisName(x.label, place, names?.below),
  ].join('');
}
