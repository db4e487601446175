import { commonValuesText, stagesText, type FailureGroup, type SweepFailures } from '@elucidate/experiment/failure-groups';
import { plural } from '@elucidate/experiment/plural';
import { shortened } from '@elucidate/experiment/text-limits';
import { html } from './html.js';
import type { Html } from './html.js';

const row = (group: FailureGroup): Html => html`<tr><td>${group.code}<br><code>${group.fingerprint}</code></td>
<td>${stagesText(group)}, ${Object.entries(group.states).map(([state, count]) => `${count} ${state}`).join(', ')} now; ${plural(group.attempts, 'attempt')} on ${plural(group.workerCount, 'worker')}${group.notRun > 0 ? `; ${plural(group.notRun, 'other')} not run because of them` : ''}<br>${group.firstAt} to ${group.lastAt}</td>
<td>${group.blame}: ${group.because}${group.common.length > 0 ? html`<br>in common: ${commonValuesText(group)}` : ''}</td>
<td><pre>${shortened(group.example.message, 500)}</pre>stage <code>${group.example.stageId.slice(0, 12)}</code></td></tr>`;

/** What failed, one row for each cause. */
export const failuresHtml = ({ groups, cut }: SweepFailures): Html => html`<table><thead><tr><th>error</th><th>stages</th><th>blame</th><th>the last of them</th></tr></thead>
<tbody>${groups.map(row)}</tbody></table>${cut ? html`<p>There are more failures than were looked at.</p>` : ''}`;
