import { extname } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { renderTrials } from '@elucidate/experiment/render-trials';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import { trialsParquet } from '@elucidate/report/trials-parquet';
import { trialsCsv, trialsNdjson, type TrialRecord, type TrialsPage } from '@elucidate/experiment/trials';
import type { Answers } from '../answers.js';
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

async function* asTable(answers: Answers, sweepId: string): AsyncGenerator<string> {
  const trials: TrialRecord[] = [];
  let columns: readonly string[] = [];
  for await (const page of answers.trials(sweepId)) {
    columns = page.columns;
    trials.push(...page.trials);
    if (trials.length > shownTrials) break;
  }
  const shown = trials.slice(0, shownTrials);
  yield renderTrials({ columns, trials: shown }, { sweepId, more: trials.length > shownTrials, bases: await basesOf(answers, shown, sweepId) });
}

/** What the scores of these trials rest on: for each evaluator and n, as one configuration that has such scores says it. */
async function basesOf(answers: Answers, trials: readonly TrialRecord[], sweepId: string): Promise<ScoreBasis[]> {
  const cells = new Map(trials.flatMap(({ cell, evaluator, n }) => (evaluator == null ? [] : [[`${evaluator} ${n}`, String(cell)] as const])));
  const found = new Map<string, ScoreBasis>();
  for (const cell of new Set(cells.values())) {
    const { scores } = await answers.cell(cell, sweepId);
    for (const basis of scores.flatMap(({ bases }) => bases)) found.set(`${basis.evaluator} ${basis.n} ${basis.metric}`, basis);
  }
  return [...found.values()];
}

const formatOf = ({ csv, json, ndjson, out }: TrialsOptions): TrialFormat | undefined => (csv ? 'csv' : ndjson ? 'ndjson' : json ? 'json' : out === undefined ? undefined : trialFormatOf(out));

/** The trials of a sweep, by default the newest, one by one: a table, or all columns as CSV, JSON, NDJSON or Parquet. */
export async function trials(id: string | undefined, { csv, json, ndjson, out, ...source }: TrialsOptions): Promise<void> {
  const format = formatOf({ csv, json, ndjson, out } as TrialsOptions);
  await withAnswers(source, async (answers) => {
    const sweepId = await sweepIdOf(answers, id);
    await writeOut(format === undefined ? asTable(answers, sweepId) : trialRenderers[format](answers.trials(sweepId)), out);
    if (out !== undefined) console.error(out);
  });
}
