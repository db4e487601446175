import { join, resolve } from 'node:path';
import { jsonOf } from '@elucidate/experiment/printable';
import { homeOf } from '@elucidate/shell/home';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { savePictures } from '../pictures.js';
import { sweepIdOf } from '../sweep-called.js';
import { saveFile } from '../write-out.js';

export interface ReportOptions extends SourceOptions {
  /** Only the report, in this file. */
  out?: string;
  json?: boolean;
}

/** Writes the report of a sweep, by default of the newest: with its pictures into its folder of results, or alone into a file. */
export async function report(id: string | undefined, { out, json = false, ...source }: ReportOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const sweepId = await sweepIdOf(answers, id);
    if (out === undefined) {
      const files = await savePictures(answers, { sweep: { id: sweepId }, leaderboard: await answers.leaderboard(sweepId), dir: join(homeOf().dir, 'results', sweepId) });
      console.log(json ? jsonOf({ sweepId, files }) : files.map(({ what, path }) => `${what.padEnd(16)} ${path}`).join('\n'));
      return;
    }
    const path = resolve(out);
    await saveFile(path, await answers.report(sweepId));
    console.log(json ? jsonOf({ sweepId, files: [{ what: 'report', path }] }) : path);
  });
}
