import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf } from '@elucidate/experiment/printable';
import { renderLeaderboard } from '@elucidate/experiment/render-leaderboard';
import type { TableFormat } from '@elucidate/experiment/table-text';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { renderImportedBeside } from '../render-imports.js';
import { sweepIdOf } from '../sweep-called.js';

export interface LeaderboardOptions extends SourceOptions {
  format: TableFormat;
  metric?: string;
  /** Show what was imported beside it. */
  imported?: boolean;
  json?: boolean;
}

/** Formats that have no room for what is not ranked. */
const ranksOnly: ReadonlySet<TableFormat> = new Set(['csv', 'latex']);

/** The scores of each configuration of a sweep, best first, by default the newest. */
export async function leaderboard(id: string | undefined, { format: written, metric, imported = false, json = false, ...source }: LeaderboardOptions): Promise<void> {
  const format = json ? 'json' : written;
  if (imported && ranksOnly.has(format)) throw new ElucidateError('request.invalid', `--imported is for text and JSON: a ${format} file would mix what was computed here with what was not`);
  await withAnswers(source, async (answers) => {
    const sweepId = await sweepIdOf(answers, id);
    const groups = await answers.leaderboard(sweepId, metric);
    if (!imported) {
      process.stdout.write(renderLeaderboard({ groups }, format));
      return;
    }
    const beside = await answers.imported(sweepId, metric);
    if (format === 'json') console.log(jsonOf({ groups, imported: beside }));
    else console.log(`${renderLeaderboard({ groups }, 'markdown')}\n${renderImportedBeside(beside, groups)}`);
  });
}
