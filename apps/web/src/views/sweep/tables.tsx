import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { choose, useRoute } from '../../route/use-route.js';
import { Scroll } from '../../parts/scroll.js';
import { TableCopies } from '../../parts/table-copies.js';
import { Waiting } from '../../parts/waiting.js';
import { basesText } from '@elucidate/experiment/basis-words';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { entryText, inColumnGroup } from '@elucidate/experiment/render-ablation';
import { resultsVersion } from './results-version.js';
import type { TabProps } from './tab.js';

type Table = Schemas['AblationTable'];

function Entries({ table }: { table: Table }): JSX.Element {
  return (
    <Scroll label={`${table.rowAxis} by ${table.columnAxis}`}>
      <table>
        <thead><tr><th scope="col">{table.rowAxis} / {table.columnAxis}</th>{table.columns.map((column) => <th key={column} scope="col" class="n">{column}</th>)}</tr></thead>
        <tbody>{table.rows.map((label, row) => (
          <tr key={label}><th scope="row">{label}</th>{table.columns.map((column, at) => <td key={column} class={`n${inColumnGroup(table, row, at) ? ' best' : ''}`}>{entryText(table, row, at)}</td>)}</tr>
        ))}</tbody>
      </table>
    </Scroll>
  );
}

/** Where the rest is fixed; choosing a value shows the table of it. */
function Choices({ table, fixed }: { table: Table; fixed: readonly string[] }): JSX.Element {
  return (
    <div class="controls">{Object.entries(table.choices as Record<string, string[]>).map(([name, values]) => (
      <label key={name} class="choice">
        <span>{name}</span>
        <select value={(table.fixed as Record<string, string>)[name] ?? ''} onChange={({ currentTarget }) => choose({ fixed: [...fixed.filter((one) => !one.startsWith(`${name}:`)), `${name}:${currentTarget.value}`] })}>
          {values.map((value) => <option key={value}>{value}</option>)}
        </select>
      </label>
    ))}</div>
  );
}

function OneTable({ sweep, name }: { sweep: Schemas['Sweep']; name: string }): JSX.Element {
  const { query } = useRoute();
  const [metric, fixed] = [query.get('metric') ?? undefined, query.getAll('fixed')];
  const answer = useAnswer(JSON.stringify([sweep.id, name, metric, fixed]), (signal) => dataOf(api.GET('/v1/sweeps/{id}/tables/{name}', { params: { path: { id: sweep.id, name }, query: { metric, fixed } }, signal, parseAs: 'json' })) as Promise<Table>, resultsVersion(sweep));
  return (
    <Waiting answer={answer}>{(table) => (
      <section>
        <h2>{metricTitle(table.metric)} by {table.rowAxis} and {table.columnAxis}</h2>
        <Choices table={table} fixed={fixed} />
        <Entries table={table} />
        <p class="quiet">Mean and 95 % interval over seeds; in bold what cannot be told apart from the best of its column. {table.basis && basesText([table.basis])}</p>
        <TableCopies path={`v1/sweeps/${sweep.id}/tables/${name}`} query={{ metric, fixed }} name={`${sweep.name}-${name}`} />
      </section>
    )}</Waiting>
  );
}

/** The ablation tables of what the sweep varies, the first to read first. */
export function TablesTab({ sweep }: TabProps): JSX.Element {
  const answer = useAnswer(`tables ${sweep.id} ${sweep.version}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/tables', { params: { path: { id: sweep.id } }, signal })));
  return <Waiting answer={answer}>{({ tables }) => (tables.length === 0 ? <p>Nothing varies that makes a table.</p> : <>{tables.map(({ name }) => <OneTable key={name} sweep={sweep} name={name} />)}</>)}</Waiting>;
}
