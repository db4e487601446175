import { basesText, weakText } from './basis-words.js';
import { absent, configLabel, differenceCell, estimateCell, numberCell } from './estimate-text.js';
import { higherIsBetter, metricTitle } from './metric-requests.js';
import type { ScoreBasis } from './score-basis.js';
import { csvRecord, renderText } from './table-text.js';
import type { TableFormat, TextTable } from './table-text.js';
import type { Estimate, Standing } from './tables.js';
import { varyingKeys } from './varying-keys.js';

/** A configuration by the score that chose it, and scored again. */
export interface ConfirmedRow {
  cellId: string;
  config: Readonly<Record<string, unknown>>;
  /** Among all configurations of the sweep, by the scores that chose it. */
  chosenRank: number;
  chosen: Estimate;
  /** Null until all its trials have been scored again. */
  confirmed: Estimate | null;
  /** Among these configurations. */
  rank: number | null;
  standing: Standing | null;
}

/** The best configurations of a sweep, scored again at seeds that did not choose them. */
export interface Confirmation {
  sweepId: string;
  /** The sweep that scored them again. */
  confirmedBy: string;
  metric: string;
  /** Configurations that the best was chosen among. */
  among: number;
  trainSeeds: readonly number[];
  sampleSeeds: readonly number[];
  /** Whether the training runs are those by which they were chosen. */
  sameTrainingRuns: boolean;
  /** What the confirmed scores rest on; null until there is one. */
  basis: ScoreBasis | null;
  rows: readonly ConfirmedRow[];
}

/** By how much the confirmed score is better than the one that chose a row: below 0 where that one flattered. */
const change = (metric: string, { chosen, confirmed }: ConfirmedRow): number | null => (confirmed === null ? null : (higherIsBetter(metric) ? -1 : 1) * (chosen.mean - confirmed.mean));

function confirmationText({ sweepId, confirmedBy, metric, among, trainSeeds, sampleSeeds, sameTrainingRuns, basis, rows }: Confirmation): TextTable {
  const keys = varyingKeys(rows.map(({ config }) => config));
  const apart = rows.some(({ standing }) => standing?.apart);
  const title = metricTitle(metric);
  return {
    header: ['chosen as', ...keys, `${title} that chose it`, `${title} confirmed`, 'less the best', 'rank'],
    rows: rows.map((row) => [
      { text: String(row.chosenRank) }, ...keys.map((key) => ({ text: configLabel(key, row.config[key]) })),
      estimateCell(metric, row.chosen), estimateCell(metric, row.confirmed, apart && row.standing !== null && !row.standing.apart), differenceCell(metric, row.standing?.toBest), numberCell(String(row.rank ?? absent)),
    ]),
    textColumns: 1 + keys.length,
    caption: [
      `${title}, ${higherIsBetter(metric) ? 'higher' : 'lower'} is better, of the best ${rows.length} of ${among} configurations of sweep ${sweepId}, scored again by sweep ${confirmedBy} at ${sameTrainingRuns ? `sample seeds ${sampleSeeds.join(', ')} of the same training runs` : `train seeds ${trainSeeds.join(', ')} and sample seeds ${sampleSeeds.join(', ')}`}, which did not choose them; with 95 % intervals.`,
      apart ? 'In bold: what cannot be told apart from the best of these.' : 'None of these can be told apart from the best of them.',
      sameTrainingRuns ? 'What the training runs had by chance is still in these scores: only new train seeds show a winner that owes nothing to its choice.' : '',
      basis === null ? '' : basesText([basis]),
    ].filter((part) => part !== '').join(' '),
  };
}

function confirmationCsv({ metric, basis, rows }: Confirmation): string {
  const keys = varyingKeys(rows.map(({ config }) => config));
  const header = ['chosen_rank', 'cell', ...keys, 'metric', 'chosen_mean', 'confirmed_mean', 'confirmed_low', 'confirmed_high', 'change', 'rank', 'apart', 'n', 'evaluator', 'real', 'basis', 'weak'];
  const records = rows.map((row) => csvRecord([
    row.chosenRank, row.cellId, ...keys.map((key) => configLabel(key, row.config[key])), metric, row.chosen.mean,
    row.confirmed?.mean ?? null, row.confirmed?.confidence?.interval?.low ?? null, row.confirmed?.confidence?.interval?.high ?? null, change(metric, row), row.rank, row.standing?.apart ?? null,
    basis?.n ?? null, basis?.evaluator ?? null, basis?.real?.value ?? null, basis?.words ?? null, basis === null ? null : weakText([basis]),
  ]));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

/** The best configurations by the score that chose them and by the one that confirms or corrects it. */
export const renderConfirmation = (confirmation: Confirmation, format: TableFormat): string =>
  renderText(format, { json: confirmation, csv: () => confirmationCsv(confirmation), tables: () => [confirmationText(confirmation)] });
