const ms = (value) => value.toFixed(value < 100 ? 1 : 0);

/** For each size a table of its routes; the ratio is of p50, to the first size. */
export function readsTable(runs) {
  const [{ rows: first }] = runs;
  return runs.map(({ cells, submitSeconds, load, idleMegabytes, submitMegabytes, readMegabytes, rows }) => [
    `${cells} cells, 90 % scored, results arriving; submitted in ${submitSeconds.toFixed(1)} s; load ${load.map((value) => value.toFixed(1)).join(' before and ')} after. Peak RSS of the API, MB: ${Math.round(idleMegabytes)} idle, ${Math.round(submitMegabytes)} after submission, ${Math.round(readMegabytes)} after the reads.`,
    '',
    '| read | first, ms | p50, ms | p99, ms | kB | p50 to the first size |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows.map((row, i) => `| ${row.name} | ${ms(row.first)} | ${ms(row.p50)} | ${ms(row.p99)} | ${row.kilobytes} | ${(row.p50 / first[i].p50).toFixed(2)} |`),
  ].join('\n')).join('\n\n');
}
