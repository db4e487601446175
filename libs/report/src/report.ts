import type { SweepFailures } from '@elucidate/experiment/failure-groups';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { jsonOf } from '@elucidate/experiment/printable';
import type { SweepEffects } from '@elucidate/experiment/effects';
import type { Ladder } from '@elucidate/experiment/ladder';
import { effectsTables } from '@elucidate/experiment/render-effects';
import { ladderTable } from '@elucidate/experiment/render-ladder';
import type { AblationTable, LeaderboardGroup } from '@elucidate/experiment/tables';
import { failuresHtml } from './failures.js';
import { html, page } from './html.js';
import type { Html } from './html.js';
import { ablationHtml, leaderboardHtml, textTableHtml } from './results.js';

export interface ReportSheet {
  caption: string;
  stageId: string;
  png: Uint8Array;
  /** The nearest training image of each. */
  neighbours?: Uint8Array;
}

/** One way in which stages of a kind were computed, with the number of such stages. */
export interface ReportProvenance {
  kind: string;
  codeVersion: number;
  stages: number;
  provenance: Readonly<Record<string, unknown>> | null;
}

export interface ReportInput {
  sweep: { id: string; name: string; state: string; createdAt: string; endedAt: string | null; spec: unknown; cells: number; stages: Readonly<Record<string, number>> };
  leaderboard: readonly LeaderboardGroup[];
  /** There are more rows than are shown. */
  leaderboardCut: boolean;
  /** A metric against what the sweep varies, the first to look at first. */
  pictures: readonly { title: string; svg: string }[];
  tables: readonly AblationTable[];
  /** Tables that are too large to be shown. */
  largeTables: readonly { name: string; metric: string; rows: number; columns: number }[];
  /** Tables of what varies, one for each metric. */
  tablesOf: number;
  /** Of these the first so many were read. */
  tablesRead: number;
  /** Main effects and interactions of the first metric; null where fewer than two parameters vary, or they cannot be told apart. */
  effects: { found: SweepEffects; svg: string } | null;
  /** Configurations one change at a time; null of a sweep that does not list them, or without scores. */
  ladder: Ladder | null;
  /** Pictures of x0-hat along the sampling trajectories, where these were scored. */
  charts: readonly { title: string; svg: string }[];
  sheets: readonly ReportSheet[];
  /** Sheets of which the file is gone or corrupt. */
  unreadableSheets: number;
  /** There are more sheets than are shown. */
  sheetsCut: boolean;
  failures: SweepFailures;
  provenance: readonly ReportProvenance[];
}

const image = (png: Uint8Array, text: string): Html => html`<img alt="${text}" src="data:image/png;base64,${Buffer.from(png).toString('base64')}">`;

const figure = ({ caption, stageId, png, neighbours }: ReportSheet): Html =>
  html`<figure>${image(png, caption)}${neighbours === undefined ? '' : html` ${image(neighbours, `the nearest training images, ${caption}`)}`}<figcaption>${caption}${neighbours === undefined ? '' : '; right: the nearest training image of each'}<br><code>${stageId.slice(0, 12)}</code></figcaption></figure>`;

/** As an image, so that the page's styles and ids do not affect it. */
const chart = ({ title, svg }: ReportInput['charts'][number]): Html =>
  html`<figure class="chart"><img alt="${title}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}"></figure>`;

function provenanceHtml({ provenance: rows, sweep }: ReportInput): Html {
  // a program's own versions are an object
  const words = (facts: ReportProvenance['provenance']): string => Object.entries(facts ?? {}).map(([key, value]) => `${key} ${typeof value === 'object' && value !== null ? `(${words({ ...value })})` : String(value)}`).join(', ');
  const [looked, done] = [rows.reduce((sum, { stages }) => sum + stages, 0), sweep.stages['done'] ?? 0];
  return html`${looked < done ? html`<p>The first and last of the plan, ${looked} of ${done} finished stages.</p>` : ''}
<table><thead><tr><th>stages</th><th>kind</th><th>code version</th><th>computed by</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td class="n">${row.stages}</td><td>${row.kind}</td><td class="n">${row.codeVersion}</td><td>${words(row.provenance) || 'not recorded'}</td></tr>`)}</tbody></table>`;
}

const reproduceHtml = ({ sweep }: ReportInput): Html => html`<p>A stage is identified by the hash of everything that determines its result, so the same file with the same code versions yields the same stages. Save this as <code>sweep.json</code> and run it, in this folder's installation or, with <code>submit</code>, on a fleet:</p>
<pre>elucidate run --local sweep.json
elucidate submit sweep.json --api URL</pre>
<pre>${jsonOf(sweep.spec)}</pre>`;

const effectsHtml = (found: SweepEffects): Html => html`${effectsTables(found).map(textTableHtml)}`;

function tablesHtml({ sweep, tables, largeTables, tablesOf, tablesRead }: ReportInput): Html {
  const address = (name: string) => html`<code>GET /v1/sweeps/${sweep.id}/tables/${name}</code>`;
  const large = largeTables.map(({ name, metric, rows, columns }) => html`<p>${name}, ${metricTitle(metric)}: ${rows} rows and ${columns} columns, too many to be shown here; ${address(name)} has them.</p>`);
  const empty = tables.length + largeTables.length === 0;
  return html`${empty ? html`<p>This sweep has no ablation table.</p>` : ''}${tables.map(ablationHtml)}${large}${tablesOf > tablesRead ? html`<p>The first ${tablesRead} of ${tablesOf} tables; ${address('NAME')} makes any.</p>` : ''}`;
}

/** A sweep's results as one HTML file without external files: numbers, their real-data baseline, images, provenance, and how to reproduce them. */
export function renderReport(input: ReportInput): string {
  const { sweep, sheets } = input;
  const states = Object.entries(sweep.stages).filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`).join(', ');
  return page(`${sweep.name} - elucidate`, html`<h1>${sweep.name}</h1>
<p>Sweep <code>${sweep.id}</code>, ${sweep.state}; submitted ${sweep.createdAt}${sweep.endedAt === null ? '' : `, ended ${sweep.endedAt}`}. Stages: ${states || 'none'}.</p>
${sweep.state === 'done' ? '' : html`<p class="note">This sweep is ${sweep.state}: the results below are incomplete.</p>`}
${input.pictures.map(chart)}
<h2>Ablation tables</h2>${tablesHtml(input)}
${input.effects === null ? '' : html`<h2>What matters</h2>${chart({ title: 'What matters', svg: input.effects.svg })}${effectsHtml(input.effects.found)}`}
${input.ladder === null ? '' : html`<h2>Step by step</h2>${textTableHtml(ladderTable(input.ladder))}`}
<h2>Leaderboard</h2>${leaderboardHtml(input.leaderboard)}${input.leaderboardCut ? html`<p>The first ${input.leaderboard.reduce((sum, { rows }) => sum + rows.length, 0)} rows of ${sweep.cells} configurations; <code>GET /v1/sweeps/${sweep.id}/leaderboard</code> has them all.</p>` : ''}
${input.charts.length === 0 ? '' : html`<h2>Trajectories</h2>${input.charts.map(chart)}`}
<h2>Samples</h2><p>Images with the same sample seed start from the same noise in every cell.</p>
${sheets.length === 0 ? html`<p>No samples.</p>` : sheets.map(figure)}${input.unreadableSheets > 0 ? html`<p>Left out because the file cannot be read: ${input.unreadableSheets}.</p>` : ''}${input.sheetsCut ? html`<p>The first ${sheets.length + input.unreadableSheets} sheets, of ${sweep.cells} cells; <code>GET /v1/sweeps/${sweep.id}/sheets</code> lists them all.</p>` : ''}
${input.failures.groups.length === 0 ? '' : html`<h2>Failures</h2>${failuresHtml(input.failures)}`}
<h2>Provenance</h2>${provenanceHtml(input)}
<h2>How to reproduce</h2>${reproduceHtml(input)}`);
}
