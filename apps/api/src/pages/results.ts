import { absent, configLabel, digits, estimateText } from '@elucidate/experiment/estimate-text';
import { choicesText } from '@elucidate/experiment/labels';
import { metricsIn } from '@elucidate/experiment/leaderboard';
import { higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import { fixedText, tableAxes } from '@elucidate/experiment/render-ablation';
import type { AblationTable, Estimate, LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import { html } from './html.js';
import type { Html } from './html.js';

function groupTable({ rows, evaluator, n }: LeaderboardGroup, keys: readonly string[]): Html {
  const metrics = metricsIn(rows);
  const line = (row: LeaderboardRow) => html`<tr><td class="n">${row.rank}</td>${keys.map((key) => html`<td>${configLabel(key, row.config[key])}</td>`)}
${metrics.map((metric) => html`<td class="n">${trialsText(metric, row.metrics[metric])}</td>`)}<td class="n">${row.nfe}</td><td class="n">${row.trainSeeds.length} × ${row.sampleSeeds.length}</td></tr>`;
  const real = metrics.map((metric) => `${metricTitle(metric)} ${digits(metric, rows.find((row) => row.metrics[metric]?.real != null)?.metrics[metric]?.real)}`).join(', ');
  const basis = evaluator === null
    ? html`No trial has ended yet.`
    : html`n = ${n}, evaluator <code>${evaluator.slice(0, 12)}</code>, real-data baseline (real images, same n): ${real}.`;
  return html`<p>${basis}</p>
<table><thead><tr><th>rank</th>${keys.map((key) => html`<th>${key}</th>`)}${metrics.map((metric) => html`<th>${metricTitle(metric)}</th>`)}<th>NFE</th><th>seeds (train × sample)</th></tr></thead>
<tbody>${rows.map(line)}</tbody></table>`;
}

/** "12.31 ± 0.42 (3)": with the number of trials. */
const trialsText = (metric: string, estimate: Estimate | null | undefined): string => (estimate ? `${estimateText(metric, estimate)} (${estimate.count})` : absent);

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
  const mixed = table.evaluators.length > 1 ? html`<p class="note">Entries come from ${table.evaluators.length} evaluators and do not compare.</p>` : html``;
  const row = (name: string, i: number) => html`<tr><th>${name}</th>${table.columns.map((_, j) => html`<td class="n">${trialsText(table.metric, table.cells[i]?.[j])}</td>`)}</tr>`;
  return html`<h3>${table.name}: ${metricTitle(table.metric)}</h3>${mixed}
<table><thead><tr><th>${corner}</th>${columns.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${table.rows.map(row)}</tbody></table>
<p>Mean ± standard deviation over seeds (trials counted), ${higherIsBetter(table.metric) ? 'higher' : 'lower'} is better. n = ${table.n ?? absent}; real-data baseline ${digits(table.metric, table.real)}. ${at} ${fixedText(table)} ${others === '' ? '' : `Other tables: ${others}.`}</p>`;
}
