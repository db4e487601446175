/** A picture as data: what `lineChart` draws. */

/** In the units of the axes. A value that is not finite, or not above 0 on a log axis, breaks the curve; infinity leaves the panel upwards or downwards. */
export type Point = readonly [x: number, y: number];

export interface Series {
  /** Names the curve in the legend; the same label has the same colour in every panel. */
  label: string;
  points: readonly Point[];
  /** Draws each point as a dot as well. */
  dots?: boolean;
}

export interface Axis {
  /** What it shows, with its unit. */
  label: string;
  scale: 'linear' | 'log';
  /** Ticks at whole numbers only. */
  whole?: boolean;
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

export type Panel = CurvePanel | RowPanel;

export interface Figure {
  title: string;
  /** What is drawn, in a sentence, and from which source. */
  subtitle: string;
  panels: readonly Panel[];
  /** Panels side by side. */
  columns: number;
  /** Where curves are named: at the right, once for all panels, or below each panel for its own curves. */
  legend: 'right' | 'below';
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
  const panels = figure.panels.map((panel): Panel => (panel.kind === 'curves'
    ? { ...panel, series: panel.series.filter(({ label }) => shown.has(label)) }
    : { ...panel, rows: panel.rows.slice(0, maxCurves) }));
  const rows = figure.panels.flatMap((panel) => (panel.kind === 'rows' ? panel.rows.slice(maxCurves).map(({ label }) => label) : []));
  const left = [leftOut('curves', labels.slice(maxCurves), labels.length), leftOut('rows', rows, rows.length + maxCurves)];
  return { ...figure, panels, notes: [...figure.notes, ...left.flat()] };
}

const leftOut = (what: string, labels: readonly string[], total: number): string[] =>
  (labels.length === 0 ? [] : [`${labels.length} of ${total} ${what} not drawn: ${labels.slice(0, 8).join(', ')}${labels.length > 8 ? ' and so on' : ''}.`]);
