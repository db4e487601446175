import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latexTable, narrowed, type TextCell, type TextTable } from './table-text.js';

const tableOf = (columns: number, rows: number): TextTable => ({
  header: ['rank', ...Array.from({ length: columns }, (_, column) => `parameter_${column} & more`)],
  rows: Array.from({ length: rows }, (_, row): TextCell[] => [{ text: String(row) }, ...Array.from({ length: columns }, (__, column): TextCell => ({ text: `${row}.${column}5`, number: true, interval: `[${row}.10, ${row}.90]`, best: row === 0 }))]),
  textColumns: 1, caption: 'FID at 50 %, with {braces} and a_b.',
});
const shapes: readonly (readonly [what: string, table: TextTable])[] = [['small', tableOf(2, 4)], ['wide', tableOf(9, 4)], ['long', tableOf(2, 60)], ['wide and long', tableOf(5, 60)]];
const packages = (latex: string): string[] => [...latex.split('\n')[0]!.matchAll(/\\usepackage\{(\w+)\}/g)].map(([, name]) => name!);

test.each(shapes)('a %s table names its packages, and its braces, environments and rows are in order', (what, table) => {
  const latex = latexTable(table);
  expect(packages(latex)).toEqual({ 'small': ['booktabs'], 'wide': ['booktabs', 'graphicx'], 'long': ['booktabs', 'longtable'], 'wide and long': ['booktabs', 'longtable', 'lscape'] }[what]);
  const body = latex.replace(/\\[&%$#_{}]/g, '');
  expect(body.match(/\{/g)).toHaveLength(body.match(/\}/g)!.length);
  const open: string[] = [];
  for (const [, kind, name] of latex.matchAll(/\\(begin|end)\{(\w+)\}/g)) {
    if (kind === 'begin') open.push(name!);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
  const rows = latex.split('\n').filter((line) => line.endsWith('\\\\') && !line.includes('\\caption'));
  expect(rows).toHaveLength(table.rows.length + (what.includes('long') ? 2 : 1));
  for (const row of rows) expect(row.replaceAll('\\&', '').match(/&/g)).toHaveLength(table.header.length - 1);
});

const installed = spawnSync('kpsewhich', ['booktabs.sty', 'graphicx.sty', 'longtable.sty', 'lscape.sty']).status === 0 && spawnSync('pdflatex', ['--version']).status === 0;
const needed = 'pdflatex with booktabs, graphicx, longtable and lscape';
if (!installed && process.env['ELUCIDATE_REQUIRE_LATEX'] === '1') throw new Error(`No ${needed}, and ELUCIDATE_REQUIRE_LATEX=1 requires it`);

if (!installed) console.warn(`LaTeX: tables are not set here, because there is no ${needed}`);
(installed ? test : test.skip)('LaTeX makes pages of them, of which none is wider than its text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elucidate-latex-'));
  try {
    const tables = shapes.map(([, table]) => latexTable(table));
    writeFileSync(join(folder, 'all.tex'), ['\\documentclass{article}', ...new Set(tables.flatMap(packages).map((name) => `\\usepackage{${name}}`)), '\\begin{document}', ...tables, '\\end{document}'].join('\n'));
    const { status, stdout } = spawnSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'all.tex'], { cwd: folder, encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.not.stringMatching(/Overfull \\hbox/)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what all rows agree on is in the caption instead of columns; text columns, and a single row, stay', () => {
  const rows = [['1', 'a', '9.50', '256', ''], ['2', 'a', '9.75', '256', '']].map((row) => row.map((text): TextCell => ({ text })));
  const table: TextTable = { header: ['rank', 'sampler', 'FID', 'n', 'note'], rows, textColumns: 2, caption: 'Cells.' };
  expect(narrowed(table)).toEqual({ header: ['rank', 'sampler', 'FID'], rows: rows.map((row) => row.slice(0, 3)), textColumns: 2, caption: 'Cells. The same in every row: n 256.' });
  expect(narrowed({ ...table, rows: rows.slice(0, 1) }).header).toHaveLength(5);
});
