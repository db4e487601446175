import { csvRecord } from '@elucidate/experiment/table-text';
import type { Figure, Panel } from './figure.js';

type Record = readonly (string | number | null)[];

const header = ['panel', 'curve', 'x_axis', 'x', 'y_axis', 'y', 'low', 'high', 'outside'];

function recordsOf(panel: Panel): Record[] {
  switch (panel.kind) {
    case 'curves': return panel.series.flatMap(({ label, points, band = [] }) => {
      const ends = new Map(band.map(([x, low, high]) => [x, { low, high }]));
      return points.map(([x, y]) => [panel.title ?? null, label, panel.x.label, x, panel.y.label, y, ends.get(x)?.low ?? null, ends.get(x)?.high ?? null, null]);
    });
    case 'rows': return panel.rows.flatMap(({ label, marks }) => marks.map(({ x, outside }) => [panel.title ?? null, label, panel.x.label, x, null, null, null, null, String(outside)]));
    default: return [];
  }
}

/**
 * The points of a figure's curves and the marks of its rows as CSV, a record each, in the units of the axes; `outside`: a mark in the warning colour. Heat maps,
 * parallel coordinates and graphs are left out: they are drawn of numbers that have a CSV of their own.
 */
export const figureCsv = ({ panels }: Figure): string => `${[header, ...panels.flatMap(recordsOf)].map(csvRecord).join('\r\n')}\r\n`;
