import { jsonOf, printable, printableLines } from './printable.js';

export const tableFormats = ['json', 'csv', 'markdown', 'latex'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** One cell of a table to print. */
export interface TextCell {
  /** Plain text, or digits. */
  text: string;
  /** Digits, typeset as mathematics if the format supports it. */
  number?: boolean;
  stddev?: string;
  /** "[11.20, 13.42]". */
  interval?: string;
  /** Said beside a number: "2 of 3 trials". */
  note?: string;
  /** In bold: the best, or one of those that cannot be told apart from it. */
  best?: boolean;
}

/** A table ready to print in any format. */
export interface TextTable {
  header: readonly string[];
  rows: readonly (readonly TextCell[])[];
  /** Leading columns that hold text, not numbers. */
  textColumns: number;
  caption: string;
  /** Why its numbers must not be compared, if so. */
  warning?: string;
}

const latexEscapes: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}',
  '&': '\\&', '%': '\\%', $: '\\$', '#': '\\#', _: '\\_', '{': '\\{', '}': '\\}', '<': '\\textless{}', '>': '\\textgreater{}', '|': '\\textbar{}', '±': '$\\pm$',
};

const oneLine = (text: string): string => printable(text.replace(/\s*\n\s*/g, ' '));

/** Escapes text for LaTeX. */
export function escapeLatex(text: string): string {
  return oneLine(text).replace(/[\\~^&%$#_{}<>|±]/g, (character) => latexEscapes[character] ?? character);
}

/** Escapes text for Markdown, also within a table. */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|~#]/g, (character) => `\\${character}`);
}

/** One CSV record (RFC 4180), without a line ending. */
export function csvRecord(fields: readonly (string | number | boolean | null)[]): string {
  return fields.map((field) => {
    const text = field === null ? '' : printableLines(String(field));
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(',');
}

function markdownCell({ text, stddev, interval, note, best }: TextCell): string {
  const shown = stddev === undefined ? escapeMarkdown(text) : `${text} ± ${stddev}`;
  return [best ? `**${shown}**` : shown, ...(interval === undefined ? [] : [interval]), ...(note === undefined ? [] : [`(${escapeMarkdown(note)})`])].join(' ');
}

/** A Markdown table, numbers right-aligned, columns padded to one width so that a terminal shows it too; its caption below. */
export function markdownTable({ header, rows, textColumns, caption, warning }: TextTable): string {
  const cells = [header.map(escapeMarkdown), ...rows.map((row) => row.map(markdownCell))];
  const widths = header.map((_, column) => Math.max(4, ...cells.map((row) => row[column]?.length ?? 0)));
  const pad = (text: string, column: number): string => (column < textColumns ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0));
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = widths.map((width, column) => (column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head = [], ...body] = cells.map((row) => row.map(pad));
  const notes = warning === undefined ? [] : ['', `**Warning: ${escapeMarkdown(warning)}**`];
  return [line(head), line(rule), ...body.map(line), ...notes, '', escapeMarkdown(caption), ''].join('\n');
}

function latexCell({ text, number, stddev, interval, note, best }: TextCell): string {
  if (!number) return escapeLatex(text);
  const shown = stddev === undefined ? text : `${text} \\pm ${stddev}`;
  const beside = `${interval === undefined ? '' : `\\ ${interval}`}$${note === undefined ? '' : ` (${escapeLatex(note)})`}`;
  return best ? `$\\mathbf{${shown}}${beside}` : `$${shown}${beside}`;
}

/** A LaTeX table in booktabs style: needs \usepackage{booktabs}. */
export function latexTable({ header, rows, textColumns, caption, warning }: TextTable): string {
  const columns = header.map((_, column) => (column < textColumns ? 'l' : 'r')).join('');
  const note = warning === undefined ? '' : `\\textbf{Warning: ${escapeLatex(warning)}} `;
  return [
    '\\begin{table}', '  \\centering', `  \\caption{${note}${escapeLatex(caption)}}`, `  \\begin{tabular}{${columns}}`, '    \\toprule',
    `    ${header.map(escapeLatex).join(' & ')} \\\\`, '    \\midrule',
    ...rows.map((row) => `    ${row.map(latexCell).join(' & ')} \\\\`),
    '    \\bottomrule', '  \\end{tabular}', '\\end{table}', '',
  ].join('\n');
}

/** One result in the requested format: JSON of the value itself; CSV and text as given. */
export function renderText(format: TableFormat, { json, csv, tables }: { json: unknown; csv: () => string; tables: () => readonly TextTable[] }): string {
  const render: Readonly<Record<TableFormat, () => string>> = {
    json: () => `${jsonOf(json)}\n`,
    csv,
    markdown: () => tables().map(markdownTable).join('\n'),
    latex: () => tables().map(latexTable).join('\n'),
  };
  return render[format]();
}
