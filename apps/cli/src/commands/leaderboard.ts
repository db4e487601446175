import { renderLeaderboard } from '@elucidate/experiment/render-leaderboard';
import type { TableFormat } from '@elucidate/experiment/table-text';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

export interface LeaderboardOptions extends SourceOptions {
  format: TableFormat;
  metric?: string;
  json?: boolean;
}

/** The scores of each configuration of a sweep, best first, by default the newest. */
export async function leaderboard(id: string | undefined, { format, metric, json = false, ...source }: LeaderboardOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    process.stdout.write(renderLeaderboard({ groups: await answers.leaderboard(await sweepIdOf(answers, id), metric) }, json ? 'json' : format));
  });
}
