import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf } from '@elucidate/experiment/printable';
import { renderLeaderboard } from '@elucidate/experiment/render-leaderboard';
import type { TableFormat } from '@elucidate/experiment/table-text';
import type { LeaderboardGroup } from '@elucidate/experiment/tables';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { renderImportedBeside } from '../render-imports.js';
import { firstRows } from '../leaderboard-pages.js';
import { sweepIdOf } from '../sweep-called.js';
import { fixedOf } from './table.js';

export interface LeaderboardOptions extends SourceOptions {
  format: TableFormat;
  metric?: string;
  /** Show what was imported beside it. */
  imported?: boolean;
  /** Of all sweeps, in place of one. */
  allSweeps?: boolean;
  /** Rows that are printed. */
  top?: number;
  /** "sampler:heun" */
  keep: readonly string[];
  json?: boolean;
}

/** Formats that have no room for what is not ranked. */
const ranksOnly: ReadonlySet<TableFormat> = new Set(['csv', 'latex']);

/** Rows of all sweeps, unless others are asked for. */
const rowsOfAll = 50;

/** Labels by parameter: any of several of one, all of several parameters. Throws 'request.invalid'. */
export function keptOf(pairs: readonly string[]): Record<string, string[]> {
  const labels = new Map<string, string[]>();
  for (const [name, label] of pairs.flatMap((pair) => Object.entries(fixedOf([pair], '--keep')))) labels.set(name, [...(labels.get(name) ?? []), label]);
  return Object.fromEntries(labels);
}

/** That there are, or may be, more rows than the first `top` of `all` that were read; undefined if there are none. Of all sweeps only about `top` are read. */
export function moreText({ top, all, allSweeps = false }: { top: number; all: number; allSweeps?: boolean }): string | undefined {
  if (allSweeps) return all < top ? undefined : `The first ${top} configurations of all sweeps; --top N prints more.`;
  return all <= top ? undefined : `The first ${top} of ${all} configurations.`;
}

/** Prints the first rows, and on stderr how many there are. */
function printFirst(found: readonly LeaderboardGroup[], { format, top, allSweeps = false }: { format: TableFormat; top: number; allSweeps?: boolean }): void {
  const { groups, all } = firstRows(found, top);
  process.stdout.write(renderLeaderboard({ groups }, format));
  const more = moreText({ top, all, allSweeps });
  if (more !== undefined) console.error(more);
}

/** The scores of each configuration of a sweep, by default of the newest, or of all sweeps, best first. */
export async function leaderboard(id: string | undefined, { format: written, metric, imported = false, allSweeps = false, top, keep, json = false, ...source }: LeaderboardOptions): Promise<void> {
  const format = json ? 'json' : written;
  if (imported && ranksOnly.has(format)) throw new ElucidateError('request.invalid', `--imported is for text and JSON: a ${format} file would mix what was computed here with what was not`);
  if (allSweeps && (id !== undefined || imported || keep.length > 0)) throw new ElucidateError('request.invalid', '--all-sweeps is for all sweeps: leave out the sweep, --imported and --keep');
  await withAnswers(source, async (answers) => {
    if (allSweeps) {
      printFirst(await answers.leaderboardOfAll(top ?? rowsOfAll, metric), { format, top: top ?? rowsOfAll, allSweeps });
      return;
    }
    const sweepId = await sweepIdOf(answers, id);
    const groups = await answers.leaderboard(sweepId, metric, keptOf(keep));
    if (!imported) {
      printFirst(groups, { format, top: top ?? Infinity });
      return;
    }
    const beside = await answers.imported(sweepId, metric);
    if (format === 'json') console.log(jsonOf({ groups, imported: beside }));
    else console.log(`${renderLeaderboard({ groups }, 'markdown')}\n${renderImportedBeside(beside, groups)}`);
  });
}
