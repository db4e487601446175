import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { Choice } from '../../parts/choice.js';
import { Scroll } from '../../parts/scroll.js';
import { TableCopies } from '../../parts/table-copies.js';
import { Waiting } from '../../parts/waiting.js';
import { hrefOf } from '../../route/route.js';
import { useRoute } from '../../route/use-route.js';
import { absent, digits, shortId } from '@elucidate/experiment/estimate-text';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { resultsVersion } from './results-version.js';
import type { TabProps } from './tab.js';

type Paper = Schemas['PublishedTable'];

/** Ours, with its interval; the verdict in words when a pointer rests on it, and in a list below. */
const Ours = ({ entry, metric, sweep }: { entry: Paper['entries'][number][number]; metric: string; sweep: string }): JSX.Element => {
  const ours = entry?.ours;
  if (!ours) return <td class="n">-</td>;
  const interval = ours.low === null || ours.high === null ? '' : ` [${digits(metric, ours.low)}, ${digits(metric, ours.high)}]`;
  return <td class="n" title={ours.verdict}><a href={hrefOf(['cells', ours.cellId], { sweep })}>{digits(metric, ours.mean)}</a>{interval}{!ours.complete && `, ${ours.trials} of ${ours.planned} trials`}</td>;
};

/** The verdicts of a table, each once. */
const verdictsOf = ({ columns, entries }: Paper): string[] => [...new Set(entries.flatMap((row) => row.flatMap((entry, column) => (entry?.ours ? [`${columns[column]!.name}: ${entry.ours.verdict}`] : []))))];

const Entries = ({ paper, sweep }: { paper: Paper; sweep: string }): JSX.Element => (
  <Scroll label={paper.title}>
    <table>
      <thead><tr><th scope="col">{paper.rowTitle}</th>{paper.columns.flatMap(({ name, here }) => [<th key={name} scope="col" class="n">{name}</th>, ...(here === null ? [] : [<th key={here} scope="col" class="n">{here}</th>])])}</tr></thead>
      <tbody>{paper.rows.map((label, row) => (
        <tr key={label}>
          <th scope="row">{label}</th>
          {paper.columns.flatMap(({ name, here, metric }, column) => {
            const entry = paper.entries[row]?.[column] ?? null;
            return [<td key={name} class={`n${entry?.bold ? ' best' : ''}`}>{entry?.values.join(', ') ?? '-'}</td>, ...(here === null ? [] : [<Ours key={here} entry={entry} metric={metric} sweep={sweep} />])];
          })}
        </tr>
      ))}</tbody>
    </table>
  </Scroll>
);

/** What this sweep's figures rest on, all together. */
function oursText({ sweep, entries }: Paper): string {
  if (sweep === null) return 'This sweep has no figure that corresponds to one of this table.';
  const counts = [...new Set(entries.flat().flatMap((entry) => entry?.ours?.n ?? []))].sort((a, b) => a - b);
  const baselines = Object.entries(sweep.real).map(([metric, value]) => `${metricTitle(metric)} ${digits(metric, value)}`);
  return `Ours: n = ${counts.join(' or ') || absent} images, evaluator ${sweep.evaluators.map(shortId).join(' or ') || absent}, real-data baseline ${baselines.join(', ') || absent}.`;
}

/** A published table in its own layout, this sweep's figures beside it, and what may be concluded. */
export function PapersTab({ sweep }: TabProps): JSX.Element {
  const { id, name } = sweep;
  const { query } = useRoute();
  const list = useAnswer('papers', (signal) => dataOf(api.GET('/v1/papers', { signal, parseAs: 'json' })) as Promise<Schemas['PaperList']>);
  const tables = list.data?.tables ?? [];
  const chosen = query.get('table') ?? tables.find((table) => table.id === name)?.id ?? tables[0]?.id;
  const answer = useAnswer(`paper ${id} ${chosen}`, async (signal) => (chosen === undefined ? undefined : await dataOf(api.GET('/v1/papers/{table}', { params: { path: { table: chosen }, query: { sweep: id } }, signal, parseAs: 'json' })) as Paper), resultsVersion(sweep));
  return (
    <>
      <div class="controls"><Choice name="table" label="Published table" value={chosen ?? null} options={tables.map((table) => ({ value: table.id, label: `${table.id}: ${table.title}` }))} /></div>
      <Waiting answer={answer}>{(paper) => (
        <>
          <h2>{paper.title}</h2>
          <p class="quiet"><a href={paper.url} rel="noreferrer">{paper.citation}</a>. {paper.notes.join(' ')}</p>
          <Entries paper={paper} sweep={id} />
          <p>{oursText(paper)}</p>
          {paper.sweep !== null && <ul class="quiet">{verdictsOf(paper).map((verdict) => <li key={verdict}>{verdict}</li>)}</ul>}
          <TableCopies path={`v1/papers/${paper.id}`} query={{ sweep: id }} name={`${name}-${paper.id}`} />
        </>
      )}</Waiting>
    </>
  );
}
