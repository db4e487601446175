import { choicesText, labelOf, notable } from '@elucidate/experiment/labels';
import type { AblationTable, LeaderboardRow } from '@elucidate/experiment/tables';
import { html } from './html.js';
import type { Html } from './html.js';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import { estimateLabel } from './label.js';

/** Rows that may be ranked against each other: one evaluator, one n. */
const groupOf = (row: LeaderboardRow) => `${row.evaluator ?? ''} ${row.n ?? ''}`;

function groups(rows: readonly LeaderboardRow[]): LeaderboardRow[][] {
  const byGroup = new Map<string, LeaderboardRow[]>();
  for (const row of rows) byGroup.set(groupOf(row), [...(byGroup.get(groupOf(row)) ?? []), row]);
  return [...byGroup.values()];
}

function groupTable(rows: readonly LeaderboardRow[], keys: readonly string[]): Html {
  const [first] = rows;
  const line = (row: LeaderboardRow) => html`<tr><td class="n">${row.rank}</td>${keys.map((key) => html`<td>${row.config[key] === undefined ? '–' : labelOf(key, row.config[key])}</td>`)}
<td class="n">${estimateLabel(row.fid)}</td><td class="n">${estimateLabel(row.kid)}</td><td class="n">${row.nfe}</td><td class="n">${row.trainSeeds.length} × ${row.sampleSeeds.length}</td></tr>`;
  const basis = first?.evaluator == null
    ? html`No trial has ended yet.`
    : html`n = ${first.n}, evaluator <code>${first.evaluator.slice(0, 12)}</code>, floor (real images, same n): FID ${first.fidFloor?.toFixed(2) ?? 'not measured'}, KID ${first.kidFloor?.toFixed(4) ?? 'not measured'}.`;
  return html`<p>${basis}</p>
<table><thead><tr><th>rank</th>${keys.map((key) => html`<th>${key}</th>`)}<th>FID</th><th>KID</th><th>NFE</th><th>seeds (train × sample)</th></tr></thead>
<tbody>${rows.map(line)}</tbody></table>`;
}

/** Configurations by mean FID, a table for each evaluator and n, for two FIDs compare only under the same of both. */
export function leaderboardHtml(rows: readonly LeaderboardRow[]): Html {
  if (rows.length === 0) return html`<p>No cells.</p>`;
  const keys = varyingKeys(rows.map((row) => row.config));
  return html`${groups(rows).map((group) => groupTable(group, keys))}`;
}

/** One ablation table with what it holds fixed, its n, and the floor. */
export function ablationHtml(table: AblationTable): Html {
  const held = Object.entries(notable(table.held, table.choices)).map(([key, value]) => `${key} ${value}`).join(', ');
  const others = choicesText(table.choices);
  const mixed = table.evaluators.length > 1 ? html`<p class="note">Entries come from ${table.evaluators.length} evaluators and do not compare.</p>` : html``;
  const row = (name: string, i: number) => html`<tr><th>${name}</th>${table.columns.map((_, j) => html`<td class="n">${estimateLabel(table.cells[i]?.[j] ?? null)}</td>`)}</tr>`;
  return html`<h3>${table.name}: ${table.metric.toUpperCase()}</h3>${mixed}
<table><thead><tr><th>${table.rowAxis} \\ ${table.columnAxis}</th>${table.columns.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${table.rows.map(row)}</tbody></table>
<p>Mean ± standard deviation over seeds (trials counted). n = ${table.n ?? '–'}; floor ${table.floor === null ? 'not measured' : table.floor.toFixed(4)}. ${held === '' ? '' : `Held: ${held}; the rest by default.`} ${others === '' ? '' : `Other tables: ${others}.`}</p>`;
}
