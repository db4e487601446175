/** A picture as data: what `lineChart` draws. */

/** In the units of the axes. A value that is not finite, or not above 0 on a log axis, breaks the curve; infinity leaves the panel upwards or downwards. */
export type Point = readonly [x: number, y: number];

export interface Series {
  /** Names the curve in the legend; the same label has the same colour in every panel. */
  label: string;
  points: readonly Point[];
  /** Draws each point as a dot as well. */
  dots?: boolean;
  /** From left to right at each y: bars across. */
  across?: readonly (readonly [y: number, left: number, right: number])[];
  /** What the points are means of: small, faint dots. */
  singles?: readonly Point[];
  /** Draws no line between the points. */
  scattered?: boolean;
  /** From low to high at each x, shaded; of a scattered series, or at a single x, bars. NaN interrupts it. */
  band?: readonly (readonly [x: number, low: number, high: number])[];
  /** Points that the axis is not for: triangles at the edge that they are beyond, with their values. */
  beyond?: readonly Point[];
  /** Where there is no value to draw: crosses at the top. */
  lost?: readonly number[];
}

export interface Axis {
  /** What it shows, with its unit. */
  label: string;
  scale: 'linear' | 'log';
  /** Ticks at whole numbers only. */
  whole?: boolean;
  /** Ticks at these places only, as far as their labels have room. */
  ticks?: readonly { at: number; label: string }[];
  /** Of an x axis whose labels are names, which no neighbour tells: all are shown, in as many rows as they need. */
  names?: boolean;
  /** Its ends; absent: those of the data, rounded outwards. Anything outside is clipped. */
  domain?: readonly [number, number];
}

/** Curves over two axes. */
export interface CurvePanel {
  kind: 'curves';
  title?: string;
  x: Axis;
  y: Axis;
  series: readonly Series[];
}

export interface Mark {
  x: number;
  /** Drawn in the warning colour. */
  outside: boolean;
}

/** A row of marks, over a range of the axis shown in grey. */
export interface Row {
  label: string;
  band?: readonly [number, number];
  marks: readonly Mark[];
}

/** Rows of marks over one axis. */
export interface RowPanel {
  kind: 'rows';
  title?: string;
  x: Axis;
  rows: readonly Row[];
}

export interface HeatCell {
  text: string;
  /** Shown where there is no room for the text. */
  short: string;
  /** 0 the darkest, 1 the lightest. */
  shade: number;
  /** Outlined. */
  best: boolean;
  /** Said when a pointer rests on it. */
  title: string;
  /** Names it in the page. */
  key?: string;
}

/** Squares of two axes, shaded by a number. */
export interface HeatPanel {
  kind: 'heat';
  title?: string;
  /** With `names` all of its values are shown, in as many rows as they need. */
  x: { label: string; values: readonly string[]; names?: boolean };
  y: { label: string; values: readonly string[] };
  /** [row][column], the first row at the top; null: nothing is known. */
  cells: readonly (readonly (HeatCell | null)[])[];
}

/** Vertical axes side by side, crossed by a line for each thing that has a place on them. */
export interface ParallelPanel {
  kind: 'parallel';
  title?: string;
  /** Ticks from 0 at the lower end to 1 at the upper; a scale of null is one of labels. */
  axes: readonly { title: string; scale: string | null; ticks: readonly { at: number; label: string }[] }[];
  /** The first on top. A place of null interrupts a line; beyond 0 and 1 it is drawn just outside. Shade 0 is the darkest, 1 the lightest; `key` names the line in the page. */
  lines: readonly { at: readonly (number | null)[]; shade: number; title: string; key: string }[];
}

export interface GraphNode {
  column: number;
  /** Of `of` in its column, from the top. */
  row: number;
  of: number;
  label: string;
  /** In a second line, where there is room. */
  note: string;
  tone: 'done' | 'running' | 'failed' | 'waiting';
  /** How much of it is done, 0 to 1. */
  share: number;
  /** It was done before: a dashed outline. */
  reused: boolean;
  title: string;
}

/** Boxes in columns from left to right, and what leads from one to another, by their places in the list. */
export interface GraphPanel {
  kind: 'graph';
  title?: string;
  columns: number;
  nodes: readonly GraphNode[];
  edges: readonly (readonly [from: number, to: number])[];
}

export type Panel = CurvePanel | RowPanel | HeatPanel | ParallelPanel | GraphPanel;

export interface Figure {
  title: string;
  /** What is drawn, in a sentence, and from which source. */
  subtitle: string;
  panels: readonly Panel[];
  /** Panels side by side. */
  columns: number;
  /** Where curves are named: at the right, once for all panels, below each panel for its own curves, or nowhere. */
  legend: 'right' | 'below' | 'none';
  /** Sentences below the panels. */
  notes: readonly string[];
}

/** More curves than this cannot be distinguished. */
export const maxCurves = 16;

/** The labels of a figure's curves, in order of first appearance. */
export function labelsOf(figure: Figure): string[] {
  return [...new Set(figure.panels.flatMap((panel) => (panel.kind === 'curves' ? panel.series.map(({ label }) => label) : [])))];
}

/** The figure with its first `maxCurves` labels and rows, and a note that names the omitted ones. */
export function limited(figure: Figure): Figure {
  const labels = labelsOf(figure);
  const shown = new Set(labels.slice(0, maxCurves));
  const panels = figure.panels.map((panel): Panel => {
    if (panel.kind === 'curves') return { ...panel, series: panel.series.filter(({ label }) => shown.has(label)) };
    return panel.kind === 'rows' ? { ...panel, rows: panel.rows.slice(0, maxCurves) } : panel;
  });
  const rows = figure.panels.flatMap((panel) => (panel.kind === 'rows' ? panel.rows.slice(maxCurves).map(({ label }) => label) : []));
  const left = [leftOut('curves', labels.slice(maxCurves), labels.length), leftOut('rows', rows, rows.length + maxCurves)];
  return { ...figure, panels, notes: [...figure.notes, ...left.flat()] };
}

const leftOut = (what: string, labels: readonly string[], total: number): string[] =>
  (labels.length === 0 ? [] : [`${labels.length} of ${total} ${what} not drawn: ${labels.slice(0, 8).join(', ')}${labels.length > 8 ? ' and so on' : ''}.`]);
