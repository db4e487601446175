import type { GraphNode, GraphPanel } from './figure.js';
import { sizes, type Place } from './layout.js';
import { ink } from './palette.js';
import { element, escapeXml, pixels, text } from './svg.js';
import { fitted, textWidth } from './text-width.js';

const tones = { done: '#009e73', running: '#0072b2', failed: '#d55e00', waiting: ink.band } as const;
const words: Readonly<Record<GraphNode['tone'], string>> = { done: 'done', running: 'running', failed: 'failed', waiting: 'to come' };
const mostHeight = 46;
/** Rows between which there is room for what passes. */
const fewRows = 4;
/** Room of the legend below. */
const legendRoom = 30;

interface Box extends Place {
  node: GraphNode;
}

function boxes({ nodes, columns }: GraphPanel, { width, height }: Place): Box[] {
  const across = width / columns;
  return nodes.map((node) => {
    const down = (height - legendRoom) / node.of;
    const tall = Math.min(mostHeight, down * 0.76);
    return { node, x: node.column * across, y: (node.row + 0.5) * down - tall / 2, width: across * 0.66, height: tall };
  });
}

/** One stage, or all of a kind: filled as far as it is done; dashed where it was done before. */
function boxOf({ node, x, y, width, height }: Box): string {
  const { tone, share, reused, label, note, title } = node;
  const size = height >= 20 ? sizes.text : sizes.small;
  const lines = height >= 34 && note !== '' ? [label, note] : height >= 11 ? [[label, note].filter((part) => part !== '').join(' · ')] : [];
  const solid = share >= 1 && tone !== 'waiting';
  return element('g', {},
    element('title', {}, escapeXml(title)),
    element('rect', { x, y, width, height, 'rx': Math.min(5, height / 3), 'fill': ink.faint, 'stroke': tones[tone] === ink.band ? ink.axis : tones[tone], 'stroke-width': 1.4, 'stroke-dasharray': reused ? '4 2' : undefined }),
    share > 0 ? element('rect', { x, y, 'width': width * share, height, 'rx': Math.min(5, height / 3), 'fill': tones[tone === 'waiting' ? 'done' : tone], 'fill-opacity': solid ? '0.28' : '0.2' }) : '',
    ...lines.map((line, i) => text(fitted(line, i === 0 ? size : sizes.small, width - 12), { 'x': x + 6, 'y': y + height / 2 + 4 + (lines.length === 1 ? 0 : i === 0 ? -7 : 9), 'font-size': i === 0 ? size : sizes.small, 'fill': ink.text, 'font-weight': i === 0 && lines.length > 1 ? 600 : undefined })));
}

/** What flows where: from the right of one box to the left of another; past columns in between it goes below their boxes, where these are few. */
function edge(from: Box, to: Box): string {
  const [x0, y0, x1, y1] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
  const beside = to.node.column - from.node.column === 1;
  const bend = beside ? Math.max(14, (x1 - x0) / 2) : from.width / 4;
  if (beside || from.node.of > fewRows) return `M${pixels(x0)} ${pixels(y0)}C${pixels(x0 + bend)} ${pixels(y0)} ${pixels(x1 - bend)} ${pixels(y1)} ${pixels(x1)} ${pixels(y1)}`;
  const below = from.y + from.height + 8;
  return `M${pixels(x0)} ${pixels(y0)}C${pixels(x0 + bend)} ${pixels(y0)} ${pixels(x0)} ${pixels(below)} ${pixels(x0 + bend)} ${pixels(below)}H${pixels(x1 - bend)}C${pixels(x1)} ${pixels(below)} ${pixels(x1 - bend)} ${pixels(y1)} ${pixels(x1)} ${pixels(y1)}`;
}

function legendOf({ nodes }: GraphPanel, height: number): string {
  const shown = (Object.keys(words) as GraphNode['tone'][]).filter((tone) => nodes.some((node) => node.tone === tone)).map((tone) => ({ word: words[tone], stroke: tone === 'waiting' ? ink.axis : tones[tone], dash: undefined as string | undefined }));
  const all = [...shown, ...(nodes.some(({ reused }) => reused) ? [{ word: 'done before', stroke: ink.text, dash: '4 2' }] : [])];
  let x = 0;
  return all.map(({ word, stroke, dash }) => {
    const at = x;
    x += textWidth(word, sizes.small) + 40;
    return element('rect', { 'x': at, 'y': height - 12, 'width': 18, 'height': 10, 'rx': 3, 'fill': ink.paper, stroke, 'stroke-width': 1.6, 'stroke-dasharray': dash }) + text(word, { 'x': at + 24, 'y': height - 3, 'font-size': sizes.small, 'fill': ink.quiet });
  }).join('');
}

/** Boxes in columns, each after what it reads. */
export function graphPanel(panel: GraphPanel, place: Place): string {
  const placed = boxes(panel, place);
  const d = panel.edges.map(([from, to]) => edge(placed[from]!, placed[to]!)).join('');
  return [
    d === '' ? '' : element('path', { d, 'fill': 'none', 'stroke': ink.axis, 'stroke-width': panel.edges.length > 40 ? 0.7 : 1.2, 'stroke-opacity': panel.edges.length > 40 ? '0.5' : '0.9' }),
    ...placed.map(boxOf), legendOf(panel, place.height),
  ].join('');
}
