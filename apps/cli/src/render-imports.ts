import { digits, shortId } from '@elucidate/experiment/estimate-text';
import { importedText } from '@elucidate/experiment/imported';
import { bestFirst } from '@elucidate/experiment/leaderboard';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { plural } from '@elucidate/experiment/plural';
import { printable } from '@elucidate/experiment/printable';
import type { LeaderboardGroup } from '@elucidate/experiment/tables';
import type { ImportDetail, ImportedBeside, ImportedForSweep, ImportSummary } from '@elucidate/store/queries/imports';

const basisText = ({ metric, n, evaluator }: ImportSummary | ImportDetail): string => `${metricTitle(metric)}, n = ${n ?? 'unknown'}, evaluator ${evaluatorText(evaluator)} (declared)`;
const evaluatorText = (evaluator: string): string => (/^[0-9a-f]{64}$/.test(evaluator) ? shortId(evaluator) : evaluator);
const valuesText = (values: ImportedBeside['values']): string => Object.entries(values).filter(([, value]) => value !== null).map(([name, value]) => `${name} ${String(value)}`).join(', ');
const valueText = (metric: string, value: number | null): string => (value === null ? 'diverged' : digits(metric, value)).padStart(9);

/** Imports, a line each. */
export const renderImports = (imports: readonly ImportSummary[]): string =>
  imports.map((one) => printable(`${one.id}  ${plural(one.rows, 'row')} of ${basisText(one)}; ${importedText(one)}; ${one.source}`)).join('\n');

/** One import with its rows. */
export const renderImport = ({ scores, ...one }: ImportDetail): string => [
  `Import ${one.id}: ${basisText(one)}`, `  ${importedText(one)}; source: ${one.source}`, '',
  ...scores.map(({ value, values }) => `  ${valueText(one.metric, value)}  ${valuesText(values)}`), '', `\`elucidate imports ${one.id} --delete\` deletes it`,
].map(printable).join('\n');

/** Where a score would stand among ours: "before rank 1", "after rank 3". */
function standing({ metric, value }: Pick<ImportedBeside, 'metric' | 'value'>, group: LeaderboardGroup | undefined): string {
  const ours = (group?.rows ?? []).filter((row) => row.rank !== null && row.metrics[metric] !== undefined);
  if (value === null || ours.length === 0 || group?.metric !== metric) return '';
  const estimate = { ...ours[0]!.metrics[metric]!, mean: value };
  const better = ours.filter((row) => bestFirst(metric)(row.metrics[metric], estimate) < 0);
  return better.length === 0 ? 'before rank 1' : `after rank ${better.at(-1)!.rank!}`;
}

/** What was imported beside a leaderboard: apart from it, each row marked. */
export function renderImportedBeside({ metric, groups, incomparable }: ImportedForSweep, leaderboard: readonly LeaderboardGroup[]): string {
  const marked = groups.filter(({ scores }) => scores.length > 0).flatMap(({ evaluator, n, scores, cut }) => [
    `Imported, of n = ${n} and evaluator ${shortId(evaluator)} as their owners declare: not computed here, and not ranked`,
    ...scores.map((score) => `  ${valueText(metric, score.value)}  ${standing(score, leaderboard.find((group) => group.evaluator === evaluator && group.n === n)).padEnd(14)}  ${valuesText(score.values)}; ${importedText(score)} (${score.id})`),
    ...(cut ? [`  the best ${scores.length}; there are more`] : []), '',
  ]);
  const others = incomparable.length === 0 ? [] : ['Imported, of another evaluator or n: does not compare', ...incomparable.map((one) => `  ${renderImports([one])}`), ''];
  const lines = [...marked, ...others];
  return (lines.length === 0 ? [`Nothing of ${metricTitle(metric)} was imported.`] : lines).map(printable).join('\n');
}
