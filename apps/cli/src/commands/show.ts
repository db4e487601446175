import { resolve } from 'node:path';
import { cellSpec } from '@elucidate/experiment/cell-spec';
import { ElucidateError } from '@elucidate/experiment/errors';
import { absent, shortId } from '@elucidate/experiment/estimate-text';
import { requestedMetrics } from '@elucidate/experiment/metric-requests';
import { jsonOf } from '@elucidate/experiment/printable';
import type { LeaderboardGroup } from '@elucidate/experiment/tables';
import { unscoredOn } from '@elucidate/experiment/unscored';
import type { Answers } from '../answers.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { renderCell } from '../render-cell.js';
import { saveCell } from '../save-cell.js';
import { sweepIdOf } from '../sweep-called.js';

export interface ShowOptions extends SourceOptions {
  /** By default the newest that has the configuration, or, with a rank, the newest. */
  sweep?: string;
  /** Its rank in the leaderboard, in place of its id. */
  rank?: number;
  /** What ranks; by default the first metric that was requested. */
  metric?: string;
  /** Print its sweep file. */
  spec?: boolean;
  /** Save its files in this folder. */
  out?: string;
  json?: boolean;
}

/** That scores which do not compare are ranked apart, and which ranks are meant. */
export function apartText(groups: readonly Pick<LeaderboardGroup, 'evaluator' | 'n'>[]): string {
  const words = groups.map(({ evaluator, n }) => `n = ${n ?? absent} by evaluator ${evaluator === null ? absent : shortId(evaluator)}`);
  return `Scores of several evaluators or n do not compare and are ranked apart: ${words.join('; ')}. Ranks are those of the first.`;
}

/** The configuration of a rank: the id and the sweep. */
async function ranked(answers: Answers, rank: number, { sweep, metric }: { sweep: string | undefined; metric: string | undefined }): Promise<{ cell: string; sweepId: string }> {
  const sweepId = await sweepIdOf(answers, sweep);
  const board = await answers.leaderboard(sweepId, metric);
  const groups = board.filter(({ rows }) => rows.some((row) => row.rank !== null));
  const ranks = groups[0]?.rows.filter((row) => row.rank !== null) ?? [];
  if (groups.length > 1) console.error(apartText(groups));
  const row = ranks.find((one) => one.rank === rank) ?? ranks[rank - 1];
  if (row === undefined) throw new ElucidateError('not_found', ranks.length === 0
    ? `Sweep ${sweepId} has no ranked configuration${unscoredOn(await answers.sweep(sweepId), board, metric)}`
    : `Sweep ${sweepId} has no configuration of rank ${rank}: the last is ${ranks.length}`);
  return { cell: row.cellId, sweepId };
}

/** Shows one configuration, by its id or its rank: its values, seeds, scores, stages, files, and how to compute it again. */
export async function show(cell: string | undefined, { sweep, rank, metric, spec = false, out, json = false, ...source }: ShowOptions): Promise<void> {
  if (cell !== undefined && rank !== undefined) throw new ElucidateError('request.invalid', `Name a configuration by its id, ${cell}, or by --rank ${rank}, not both`);
  if (cell !== undefined && !/^[0-9a-f]{6,64}$/.test(cell)) throw new ElucidateError('request.invalid', `${JSON.stringify(cell)} is not the id of a configuration: 6 or more of its hex digits, as \`elucidate trials\` prints them, or --rank 1`);
  await withAnswers(source, async (answers) => {
    const meant = cell === undefined ? await ranked(answers, rank ?? 1, { sweep, metric }) : { cell, sweepId: sweep === undefined ? undefined : await sweepIdOf(answers, sweep) };
    const detail = await answers.cell(meant.cell, meant.sweepId);
    const sweepSpec = (await answers.sweep(detail.sweepId)).spec;
    if (spec) {
      console.log(jsonOf(cellSpec(sweepSpec, detail.config, `${detail.sweepName}: ${shortId(detail.cellId)}`)));
      return;
    }
    const files = out === undefined ? [] : await saveCell(answers, detail, resolve(out));
    if (json) console.log(jsonOf({ ...detail, ...(out !== undefined && { files }) }));
    else console.log(out === undefined ? renderCell(detail, requestedMetrics(sweepSpec)) : files.join('\n'));
  });
}
