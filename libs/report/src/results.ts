import { choiceText } from '@elucidate/experiment/confidence';
import { absent, configLabel, differenceText, estimateText, seedsText, spreadText } from '@elucidate/experiment/estimate-text';
import { choicesText } from '@elucidate/experiment/labels';
import { incompleteText, metricsIn } from '@elucidate/experiment/leaderboard';
import { higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import { boldText, entryText, fixedText, inColumnGroup, tableAxes } from '@elucidate/experiment/render-ablation';
import { inGroup } from '@elucidate/experiment/render-leaderboard';
import { basesText } from '@elucidate/experiment/basis-words';
import type { AblationTable, Estimate, LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import type { TextCell, TextTable } from '@elucidate/experiment/table-text';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import { html } from './html.js';
import type { Html } from './html.js';

function groupTable(group: LeaderboardGroup, keys: readonly string[]): Html {
  const { rows, bases, metric: ranking, choice } = group;
  const metrics = metricsIn(rows);
  const outside = rows.some(({ noiseLevelsOutOfRange }) => (noiseLevelsOutOfRange ?? 0) > 0);
  const entry = (row: LeaderboardRow, metric: string) => estimateHtml(metric, row.metrics[metric], metric === ranking && inGroup(row, group));
  const line = (row: LeaderboardRow) => html`<tr><td class="n">${row.rank ?? row.notRanked}</td>${keys.map((key) => html`<td>${configLabel(key, row.config[key])}</td>`)}
${metrics.map((metric) => html`<td class="n">${entry(row, metric)}</td>`)}<td class="n">${ranking === null ? absent : differenceText(ranking, row.standing?.toBest)}</td><td class="n">${row.nfe}</td><td class="n">${seedsText(row)}</td>${outside ? html`<td class="n">${row.noiseLevelsOutOfRange ?? absent}</td>` : ''}</tr>`;
  const basis = bases.length === 0 ? 'None of these has a score.' : basesText(bases);
  const chosen = ranking === null || choice === undefined ? '' : `${metricTitle(ranking)}: ${spreadText(rows.map((row) => row.metrics[ranking]))}; in bold what cannot be told apart from the best. ${choiceText(ranking, choice)}`;
  return html`<p>${basis} ${chosen}</p>
<table><thead><tr><th>rank</th>${keys.map((key) => html`<th>${key}</th>`)}${metrics.map((metric) => html`<th>${metricTitle(metric)}</th>`)}<th>less the best</th><th>NFE</th><th>train x sample seeds</th>${outside ? html`<th>out-of-range noise levels</th>` : ''}</tr></thead>
<tbody>${rows.map(line)}</tbody></table>`;
}

function estimateHtml(metric: string, estimate: Estimate | null | undefined, best: boolean): Html {
  const note = estimate ? incompleteText(estimate) : undefined;
  const text = html`${estimateText(metric, estimate)}${note === undefined ? '' : ` (${note})`}`;
  return best ? html`<b>${text}</b>` : text;
}

/** A table that is ready to print, with its caption below. */
export function textTableHtml({ header, rows, textColumns, caption }: TextTable): Html {
  const entry = ({ text, interval, best }: TextCell): Html => (best ? html`<b>${text}</b> ${interval}` : html`${text} ${interval}`);
  return html`<table><thead><tr>${header.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, column) => (column < textColumns ? html`<td>${entry(cell)}</td>` : html`<td class="n">${entry(cell)}</td>`))}</tr>`)}</tbody></table>
<p>${caption}</p>`;
}

/** Configurations, best first. One table for each evaluator and n: scores are comparable only when both are equal. */
export function leaderboardHtml(groups: readonly LeaderboardGroup[]): Html {
  if (groups.length === 0) return html`<p>No cells.</p>`;
  const keys = varyingKeys(groups.flatMap(({ rows }) => rows.map((row) => row.config)));
  return html`${groups.map((group) => groupTable(group, keys))}`;
}

/** One ablation table with what it keeps fixed, its n, and the real-data baseline. */
export function ablationHtml(table: AblationTable): Html {
  const others = choicesText(table.choices);
  const { corner, columns, at } = tableAxes(table);
  const row = (name: string, i: number) => html`<tr><th>${name}</th>${table.columns.map((_, j) => html`<td class="n">${inColumnGroup(table, i, j) ? html`<b>${entryText(table, i, j)}</b>` : entryText(table, i, j)}</td>`)}</tr>`;
  return html`<h3>${table.name}: ${metricTitle(table.metric)}</h3>
<table><thead><tr><th>${corner}</th>${columns.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${table.rows.map(row)}</tbody></table>
<p>${spreadText(table.cells.flat())}, ${higherIsBetter(table.metric) ? 'higher' : 'lower'} is better. ${boldText(table)} ${table.basis === null ? '' : basesText([table.basis])} ${at} ${fixedText(table)} ${others === '' ? '' : `Other tables: ${others}.`}</p>`;
}
