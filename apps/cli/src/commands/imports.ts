import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { importedText, readImport, type ImportFormat } from '@elucidate/experiment/imported';
import { plural } from '@elucidate/experiment/plural';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { renderImport, renderImports } from '../render-imports.js';

export interface ImportOptions extends SourceOptions {
  metric: string;
  n?: number;
  evaluator?: string;
  /** Where the results come from. */
  source: string;
  column?: string;
  json?: boolean;
}

const formats: Readonly<Record<string, ImportFormat>> = { '.csv': 'csv', '.json': 'json', '.ndjson': 'ndjson', '.jsonl': 'ndjson' };

function formatOf(file: string): ImportFormat {
  const format = formats[extname(file).toLowerCase()];
  if (format === undefined) throw new ElucidateError('request.invalid', `${JSON.stringify(file)}: the end of the name says what is in it, ${Object.keys(formats).join(', ')}`);
  return format;
}

/** Imports results that were computed elsewhere, with what is declared of them. */
export async function importFile(file: string, { metric, n, evaluator, source, column, json = false, ...place }: ImportOptions): Promise<void> {
  const format = formatOf(file);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ElucidateError('request.invalid', `Cannot read ${JSON.stringify(file)}: ${cause.code ?? cause.message}`, { cause });
  });
  const results = readImport(text, { file: basename(file), format, metric, source, column, ...(n !== undefined && { n }), ...(evaluator !== undefined && { evaluator }) });
  await withAnswers(place, async (answers) => {
    const made = await answers.importResults(results);
    console.log(json ? jsonOf(made) : printable(`${made.created ? 'Imported' : 'Was there already:'} ${plural(made.rows, 'row')} as ${made.id}; ${importedText(made)}. They are never ranked with ours: \`elucidate leaderboard --imported\` shows them beside.`));
  });
}

export interface ImportsOptions extends SourceOptions {
  delete?: boolean;
  json?: boolean;
}

/** All imports, or one with its rows, which --delete deletes. */
export async function imports(id: string | undefined, { delete: remove = false, json = false, ...source }: ImportsOptions): Promise<void> {
  if (remove && id === undefined) throw new ElucidateError('request.invalid', 'Name the import to delete by its id; `elucidate imports` lists them');
  await withAnswers(source, async (answers) => {
    if (id === undefined) {
      const found = await answers.imports();
      console.log(json ? jsonOf(found) : renderImports(found) || 'Nothing was imported.');
    } else if (remove) {
      const deleted = await answers.removeImport(id);
      console.log(json ? jsonOf(deleted) : `Import ${deleted.id} is deleted, with ${plural(deleted.rows, 'row')}.`);
    } else {
      const found = await answers.import(id);
      console.log(json ? jsonOf(found) : renderImport(found));
    }
  });
}
