import { renderLeaderboard, type TableFormat } from '@elucidate/experiment/render-table';
import { sweepIdOf, withAnswers, type SourceOptions } from '../open-answers.js';

export interface LeaderboardOptions extends SourceOptions {
  format: TableFormat;
  json?: boolean;
}

/** FID and KID of each configuration of a sweep, by default the newest. */
export async function leaderboard(id: string | undefined, { format, json = false, ...source }: LeaderboardOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    process.stdout.write(renderLeaderboard(await answers.leaderboard(await sweepIdOf(answers, id)), json ? 'json' : format));
  });
}
