import { type Figure, labelsOf, type Panel } from './figure.js';
import { namesBelow, type RoomBelow } from './names-below.js';
import { fitted, textWidth, wrapped } from './text-width.js';

/** The positions of all parts of a chart, in pixels. */

export const sizes = { title: 18, text: 12, small: 11 } as const;
const margin = { left: 24, right: 24, top: 30, bottom: 18 } as const;
/** Margins around the plot of one panel: its heading above, ticks at the left and below, the name of the x axis. */
export const frame = { left: 50, right: 16, top: 34, bottom: 44 } as const;
const rowHeight = 22;
const heatRow = 34;
/** Room for the names of a heat map's rows, beyond the frame. */
export const rowNames = 130;
export const swatch = 26;
export const legendLine = 20;
export const lineHeight = 16;
/** Of a title that takes several lines. */
export const titleLine = 23;

/** How much wider letters are in bold. */
const boldWidth = 1.06;
/** A row of names below an axis. */
export const nameLine = 15;

export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  width: number;
  height: number;
  left: number;
  title: { lines: readonly string[]; y: number };
  subtitle: { lines: readonly string[]; y: number };
  /** The plot of each panel, without its frame. */
  plots: readonly Place[];
  /** The column at the right for the legend and the labels of rows. */
  legend: Place;
  notes: { lines: readonly string[]; y: number };
}

const plotHeights = { one: 330, few: 240, many: 190 } as const;

/** Of a graph: of its legend, of a box, and of all boxes at most. */
const graphHeights = { legend: 30, box: 64, most: 420 } as const;

function plotHeight(panel: Panel, rows: number): number {
  if (panel.kind === 'parallel') return plotHeights.one;
  if (panel.kind === 'graph') return graphHeights.legend + Math.min(graphHeights.most, Math.max(...panel.nodes.map(({ of }) => of), 1) * graphHeights.box);
  if (panel.kind === 'rows') return Math.max(1, panel.rows.length) * rowHeight;
  if (panel.kind === 'heat') return Math.max(1, panel.y.values.length) * heatRow;
  return rows === 1 ? plotHeights.one : rows === 2 ? plotHeights.few : plotHeights.many;
}

/** Lines of the legend below a panel. */
const legendLines = (panel: Panel, { legend }: Figure): number => (legend === 'below' && panel.kind === 'curves' ? panel.series.length : 0);

function legendWidth(figure: Figure): number {
  const labels = [...(figure.legend === 'right' ? labelsOf(figure) : []), ...figure.panels.flatMap((panel) => (panel.kind === 'rows' ? panel.rows.map(({ label }) => label) : []))];
  if (labels.length === 0) return 0;
  return Math.min(340, Math.max(90, ...labels.map((label) => textWidth(label, sizes.text) + swatch + 10)));
}

/** Room at the left of a plot: for ticks, or for the names of rows. */
function leftOf(panel: Panel): number {
  if (panel.kind === 'graph') return 0;
  const labels = panel.kind === 'heat' ? panel.y.values : panel.kind === 'parallel' ? panel.axes.slice(0, 1).flatMap(({ ticks }) => ticks.map(({ label }) => label)) : [];
  return Math.min(rowNames, Math.max(frame.left, ...labels.map((label) => textWidth(label, sizes.small) + 12)));
}

/** As far as names below a plot of this width may reach. */
export const roomBelow = (width: number): RoomBelow => ({ from: 8 - frame.left, to: width + frame.right, size: sizes.small });

/** Where the names of a panel's x axis are, in a plot of this width; none where it has numbers. */
function namesOf(panel: Panel, width: number): { at: number; label: string }[] {
  if (panel.kind === 'heat' && panel.x.names === true) return panel.x.values.map((label, column) => ({ at: ((column + 0.5) / panel.x.values.length) * width, label }));
  if (panel.kind !== 'curves' || panel.x.names !== true) return [];
  const { domain: [low, high] = [0, 1], ticks = [] } = panel.x;
  return ticks.map(({ at, label }) => ({ at: ((at - low) / (high - low)) * width, label }));
}

/** Room below a plot for names that do not stand in the first row. */
const namesRoom = (panel: Panel, width: number): number => Math.max(0, ...namesBelow(namesOf(panel, width), roomBelow(width)).map(({ row }) => row)) * nameLine;

/** The panels in rows of `columns`, each row as tall as its tallest panel. */
function placedPlots(figure: Figure, { top, width }: { top: number; width: number }): { plots: Place[]; bottom: number } {
  const { panels, columns } = figure;
  const rows = Math.ceil(panels.filter(({ kind }) => kind === 'curves').length / columns);
  const cell = width / columns;
  const plots: Place[] = [];
  let y = top;
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns);
    const height = Math.max(...row.map((panel) => plotHeight(panel, rows) + namesRoom(panel, cell - leftOf(panel) - frame.right) + legendLines(panel, figure) * legendLine));
    plots.push(...row.map((panel, column) => {
      const left = leftOf(panel);
      return { x: margin.left + column * cell + left, y: y + frame.top, width: cell - left - frame.right, height: plotHeight(panel, rows) };
    }));
    y += height + frame.top + frame.bottom;
  }
  return { plots, bottom: y };
}

export function layoutOf(figure: Figure, width: number): Layout {
  const legend = legendWidth(figure);
  const textRoom = width - margin.left - margin.right;
  const bold = sizes.title * boldWidth;
  const title = { lines: wrapped(figure.title, bold, textRoom).map((line) => fitted(line, bold, textRoom)), y: margin.top };
  const subtitle = { lines: wrapped(figure.subtitle, sizes.text, textRoom), y: title.y + (title.lines.length - 1) * titleLine + 22 };
  const top = subtitle.y + (subtitle.lines.length - 1) * lineHeight + 10;
  const { plots, bottom } = placedPlots(figure, { top, width: textRoom - legend });
  const legendBottom = figure.legend === 'right' ? top + frame.top + labelsOf(figure).length * legendLine + 12 : top;
  const notes = { lines: figure.notes.flatMap((note) => wrapped(note, sizes.small, textRoom)), y: Math.max(bottom, legendBottom) + 12 };
  return {
    width,
    height: Math.ceil(notes.y + Math.max(0, notes.lines.length - 1) * lineHeight + margin.bottom - (notes.lines.length === 0 ? 12 : 0)),
    left: margin.left,
    title,
    subtitle,
    plots,
    legend: { x: width - margin.right - legend + 4, y: top + frame.top, width: legend - 4, height: legendBottom - top },
    notes,
  };
}
