import type { LeaderboardGroup } from '@elucidate/experiment/tables';
import type { CaptionedSheet } from '@elucidate/report/gather';
import { html, page, type Html } from '@elucidate/report/html';
import { leaderboardHtml } from '@elucidate/report/results';

export interface HomeInput {
  routes: readonly { method: string; path: string; summary: string }[];
  sweeps: readonly { id: string; name: string; state: string; trials: number; createdAt: string }[];
  /** Results of the newest sweep; absent while there is none. */
  newest?: { id: string; name: string; picture: boolean; leaderboard: readonly LeaderboardGroup[]; sheets: readonly CaptionedSheet[] } | undefined;
}

function newestHtml({ id, name, picture, leaderboard, sheets }: NonNullable<HomeInput['newest']>): Html {
  const figure = ({ caption, hash }: CaptionedSheet) => html`<figure><img alt="${caption}" src="/v1/artifacts/${hash}"><figcaption>${caption}</figcaption></figure>`;
  return html`<h2>Newest sweep: ${name}</h2>
<p><a href="/v1/sweeps/${id}/report">Report</a> · <a href="/v1/sweeps/${id}">JSON</a> · <a href="/v1/sweeps/${id}/leaderboard?format=csv">CSV</a></p>
${picture ? html`<figure class="chart"><img alt="what varies" src="/v1/sweeps/${id}/plot"></figure>` : ''}${leaderboardHtml(leaderboard)}${sheets.map(figure)}`;
}

const sweepRow = ({ id, name, state, trials, createdAt }: HomeInput['sweeps'][number]): Html =>
  html`<tr><td><a href="/v1/sweeps/${id}/report">${name}</a></td><td>${state}</td><td class="n">${trials}</td><td>${createdAt}</td></tr>`;

const submitHtml = html`<pre>curl -X POST http://127.0.0.1:3210/v1/sweeps -H 'content-type: application/yaml' --data-binary @sweep.yaml</pre>`;

/** The page at /, for a browser. */
export function renderHome({ routes, sweeps, newest }: HomeInput): string {
  const route = ({ method, path, summary }: HomeInput['routes'][number]) =>
    html`<tr><td><code>${method.toUpperCase()}</code></td><td>${method === 'get' && !path.includes('{') ? html`<a href="${path}">${path}</a>` : path}</td><td>${summary}</td></tr>`;
  return page('elucidate', html`<h1>elucidate</h1>
<p>Design-space sweeps of diffusion models: train once, sample and score many times.</p>
${newest === undefined ? html`<p>No sweep yet. Submit one:</p>${submitHtml}` : newestHtml(newest)}
${sweeps.length === 0 ? '' : html`<h2>Sweeps</h2><table><thead><tr><th>name</th><th>state</th><th>trials</th><th>submitted</th></tr></thead><tbody>${sweeps.map(sweepRow)}</tbody></table>`}
<h2>Routes</h2><table><tbody>${routes.map(route)}</tbody></table>`);
}
