import type { ParallelPlot } from './parallel.js';
import { csvRecord } from './table-text.js';

/** The lines of a picture in parallel coordinates as CSV, a record each. */
export function parallelCsv({ axes, measures, lines }: ParallelPlot): string {
  const header = ['cell', ...axes.map(({ path }) => path), ...measures.flatMap(({ name, evaluator }) => (evaluator === null ? [name] : [name, `${name}_n`, `${name}_evaluator`, `${name}_real`]))];
  const records = lines.map((line) => csvRecord([
    line.cell, ...axes.map(({ values }, i) => values[line.places[i]!] ?? null),
    ...measures.flatMap(({ evaluator, n, real }, i) => (evaluator === null ? [line.measures[i] ?? null] : [line.measures[i] ?? null, n, evaluator, real])),
  ]));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}
