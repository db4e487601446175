import { extname } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { renderTrials } from '@elucidate/experiment/render-trials';
import { trialsParquet } from '@elucidate/report/trials-parquet';
import { trialsCsv, trialsNdjson, type TrialRecord, type TrialsPage } from '@elucidate/experiment/trials';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { writeOut } from '../write-out.js';

/** What `--out` can be called, and what it holds then. */
const byExtension = { '.csv': trialsCsv, '.json': trialsJson, '.ndjson': trialsNdjson, '.jsonl': trialsNdjson, '.parquet': trialsParquet } as const;
const trialFiles = Object.keys(byExtension).join(', ');

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

function rendererOf({ csv, json, ndjson, out }: TrialsOptions): ((pages: AsyncIterable<TrialsPage>) => AsyncGenerator<string | Uint8Array>) | undefined {
  if (csv) return trialsCsv;
  if (ndjson) return trialsNdjson;
  if (json) return trialsJson;
  if (out === undefined) return undefined;
  const found = byExtension[extname(out).toLowerCase() as keyof typeof byExtension];
  if (found === undefined) throw new ElucidateError('request.invalid', `--out ${JSON.stringify(out)}: the end of the name says what to write, ${trialFiles}; or add --csv, --json or --ndjson`);
  return found;
}

/** The trials of a sweep, by default the newest, one by one: a table, or all columns as CSV, JSON, NDJSON or Parquet. */
export async function trials(id: string | undefined, { csv, json, ndjson, out, ...source }: TrialsOptions): Promise<void> {
  const render = rendererOf({ csv, json, ndjson, out } as TrialsOptions);
  await withAnswers(source, async (answers) => {
    const sweepId = await sweepIdOf(answers, id);
    const pages = answers.trials(sweepId);
    await writeOut(render === undefined ? asTable(pages, sweepId) : render(pages), out);
    if (out !== undefined) console.error(out);
  });
}
