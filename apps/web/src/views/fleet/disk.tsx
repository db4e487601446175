import type { JSX } from 'preact';
import type { Schemas } from '../../api/client.js';
import { bytesText } from '../../parts/bytes.js';
import { Scroll } from '../../parts/scroll.js';

/** The disk that database and artifacts take. */
export const Disk = ({ storage: { bytes, artifacts, artifactBytes, tables } }: { storage: Schemas['Storage'] }): JSX.Element => (
  <>
    <p>Artifacts <strong>{bytesText(artifactBytes)}</strong>, {artifacts} of them; database <strong>{bytesText(bytes)}</strong>. <code>elucidate prune</code> removes what no sweep needs any more.</p>
    <Scroll label="Largest tables"><table>
      <thead><tr><th scope="col">largest tables</th><th scope="col" class="n">with their indexes</th></tr></thead>
      <tbody>{tables.map((table) => <tr key={table.name}><th scope="row">{table.name}</th><td class="n">{bytesText(table.bytes)}</td></tr>)}</tbody>
    </table></Scroll>
  </>
);
