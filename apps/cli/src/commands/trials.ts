import { extname } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { renderTrials } from '@elucidate/experiment/render-trials';
import { trialsParquet } from '@elucidate/report/trials-parquet';
import { trialsCsv, trialsNdjson, type TrialRecord, type TrialsPage } from '@elucidate/experiment/trials';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { writeOut } from '../write-out.js';

type TrialFormat = 'csv' | 'json' | 'ndjson' | 'parquet';

/** What writes each format. */
export const trialRenderers: Readonly<Record<TrialFormat, (pages: AsyncIterable<TrialsPage>) => AsyncGenerator<string | Uint8Array>>> = { csv: trialsCsv, json: trialsJson, ndjson: trialsNdjson, parquet: trialsParquet };

/** What a file can be called, and what it holds then. */
const byExtension: Readonly<Record<string, TrialFormat>> = { '.csv': 'csv', '.json': 'json', '.ndjson': 'ndjson', '.jsonl': 'ndjson', '.parquet': 'parquet' };

/** The format that the end of a file's name says. Throws 'request.invalid'. */
export function trialFormatOf(file: string): TrialFormat {
  const format = byExtension[extname(file).toLowerCase()];
  if (format === undefined) throw new ElucidateError('request.invalid', `${JSON.stringify(file)}: the end of the name says what to write, ${Object.keys(byExtension).join(', ')}; another format has to be named`);
  return format;
}

export interface TrialsOptions extends SourceOptions {
  csv?: boolean;
  json?: boolean;
  ndjson?: boolean;
  out?: string;
}

/** Trials that a terminal shows. */
const shownTrials = 200;

/** A list of all trials, as JSON. */
async function* trialsJson(pages: AsyncIterable<TrialsPage>): AsyncGenerator<string> {
  let before = '[';
  for await (const part of trialsNdjson(pages)) {
    for (const line of part.split('\n').filter((text) => text !== '')) {
      yield `${before}\n${line}`;
      before = ',';
    }
  }
  yield `${before === '[' ? '[' : ''}\n]\n`;
}

async function* asTable(pages: AsyncIterable<TrialsPage>, sweepId: string): AsyncGenerator<string> {
  const trials: TrialRecord[] = [];
  let columns: readonly string[] = [];
  for await (const page of pages) {
    columns = page.columns;
    trials.push(...page.trials);
    if (trials.length > shownTrials) break;
  }
  yield renderTrials({ columns, trials: trials.slice(0, shownTrials) }, { sweepId, more: trials.length > shownTrials });
}

const formatOf = ({ csv, json, ndjson, out }: TrialsOptions): TrialFormat | undefined => (csv ? 'csv' : ndjson ? 'ndjson' : json ? 'json' : out === undefined ? undefined : trialFormatOf(out));

/** The trials of a sweep, by default the newest, one by one: a table, or all columns as CSV, JSON, NDJSON or Parquet. */
export async function trials(id: string | undefined, { csv, json, ndjson, out, ...source }: TrialsOptions): Promise<void> {
  const format = formatOf({ csv, json, ndjson, out } as TrialsOptions);
  await withAnswers(source, async (answers) => {
    const sweepId = await sweepIdOf(answers, id);
    const pages = answers.trials(sweepId);
    await writeOut(format === undefined ? asTable(pages, sweepId) : trialRenderers[format](pages), out);
    if (out !== undefined) console.error(out);
  });
}
