import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { usePages } from '../../api/use-pages.js';
import { Difference } from '../../parts/difference.js';
import { Failure } from '../../parts/waiting.js';
import { hrefOf } from '../../route/route.js';
import { choose, useRoute } from '../../route/use-route.js';
import { configLabel } from '@elucidate/experiment/estimate-text';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import { nothingText } from './results-version.js';
import type { TabProps } from './tab.js';

type Sheet = Schemas['SheetList']['sheets'][number];

const addressOf = ({ hash }: Sheet): string => `v1/artifacts/${hash}`;

/** What sets a sheet apart from the others: "sampler heun, steps 10". */
const nameOf = (sheet: Sheet, keys: readonly string[]): string => keys.map((key) => `${key} ${configLabel(key, (sheet.config as Record<string, unknown>)[key])}`).join(', ') || sheet.cellId.slice(0, 8);

/** Two sheets in turn, twice a second, as astronomers look for what moved. */
function Blink({ sheets, names }: { sheets: readonly [Sheet, Sheet]; names: readonly [string, string] }): JSX.Element {
  const [shown, setShown] = useState(0);
  const [running, setRunning] = useState(true);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setShown((n) => 1 - n), 500);
    return () => clearInterval(timer);
  }, [running]);
  return (
    <figure>
      <img src={addressOf(sheets[shown]!)} alt={names[shown]!} />
      <figcaption>{names[shown]} <button onClick={() => setRunning(!running)}>{running ? 'hold' : 'blink'}</button></figcaption>
    </figure>
  );
}

const modes = { 'side by side': 'side by side', 'blink': 'in turn', 'difference': 'difference' } as const;

/** Two cells' samples of the same noise, compared. */
function Comparison({ sheets, keys, mode }: { sheets: readonly [Sheet, Sheet]; keys: readonly string[]; mode: string }): JSX.Element {
  const names = [nameOf(sheets[0], keys), nameOf(sheets[1], keys)] as const;
  return (
    <section class="comparison" aria-label="Comparison">
      <div class="controls">{Object.entries(modes).map(([value, label]) => <label key={value}><input type="radio" name="mode" checked={mode === value} onChange={() => choose({ mode: value })} /> {label}</label>)}<button onClick={() => choose({ cells: null })}>Close</button></div>
      {mode === 'blink' ? <Blink sheets={sheets} names={names} />
        : mode === 'difference' ? <Difference images={[addressOf(sheets[0]), addressOf(sheets[1])]} label={`${names[0]} less ${names[1]}`} />
          : <div class="sheets">{sheets.map((sheet, n) => <figure key={sheet.cellId}><img src={addressOf(sheet)} alt={names[n]!} /><figcaption>{names[n]}</figcaption></figure>)}</div>}
    </section>
  );
}

const ask = (id: string) => (cursor: string | undefined, signal: AbortSignal): Promise<Schemas['SheetList']> => dataOf(api.GET('/v1/sweeps/{id}/sheets', { params: { path: { id }, query: { limit: '24', cursor } }, signal }));

/** The sample sheets of the cells, from the same noise; two of them are compared. */
export function Images({ sweep }: TabProps): JSX.Element {
  const { query } = useRoute();
  const { pages, error, complete, more } = usePages(useCallback(ask(sweep.id), [sweep.id]));
  const sheets = pages.flatMap((page) => page.sheets);
  const keys = varyingKeys(sheets.map(({ config }) => config as Record<string, unknown>));
  const chosen = query.getAll('cells');
  const pair = chosen.map((id) => sheets.find(({ cellId }) => cellId.startsWith(id))).filter((sheet) => sheet !== undefined);
  const toggle = (id: string): void => choose({ cells: (chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]).slice(-2) });
  return (
    <>
      {pair.length === 2 ? <Comparison sheets={[pair[0]!, pair[1]!]} keys={keys} mode={query.get('mode') ?? 'side by side'} /> : <p class="quiet">Every sheet starts from the same noise. Choose two to compare them side by side, in turn, or by their difference.</p>}
      {error && <Failure error={error} />}
      <div class="sheets">{sheets.map((sheet) => {
        const [id, name] = [sheet.cellId.slice(0, 12), nameOf(sheet, keys)];
        return (
          <figure key={sheet.cellId}>
            <img src={addressOf(sheet)} alt={name} loading="lazy" />
            <figcaption><label><input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} /> {name}</label> <a href={hrefOf(['cells', sheet.cellId], { sweep: sweep.id })}>details</a></figcaption>
          </figure>
        );
      })}</div>
      {!complete && pages.length > 0 && <button onClick={more}>More</button>}
      {complete && sheets.length === 0 && <p>{nothingText(sweep, 'sampled')}</p>}
    </>
  );
}
