import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { Confirm } from '../../parts/confirm.js';
import { Failure } from '../../parts/waiting.js';

const quarantined = ({ state, failures }: Schemas['Worker']): string[] => (state === 'quarantined' ? [`quarantined after ${failures} failures in a row`] : []);

/** Why a worker takes no stages, or not all kinds. */
export const reasonsOf = (worker: Schemas['Worker']): string[] => [
  ...quarantined(worker),
  ...worker.setAside.map(({ kinds, message }) => `${kinds.length === 0 ? 'nothing' : `not ${kinds.join(', ')}`}: ${message}`),
];

/** What a worker does not take, and the button that lets it again. */
export function Release({ worker, changed }: { worker: Schemas['Worker']; changed: () => void }): JSX.Element | null {
  const [state, setState] = useState<{ asking: boolean; error?: Error }>({ asking: false });
  const reasons = reasonsOf(worker);
  if (reasons.length === 0) return null;
  const release = (yes: boolean): void => {
    setState({ asking: false });
    if (yes) dataOf(api.POST('/v1/workers/{id}/release', { params: { path: { id: worker.id } } })).then(changed, (error: unknown) => setState({ asking: false, error: error as Error }));
  };
  return (
    <>
      {reasons.map((reason) => <div key={reason}>{reason}</div>)}
      {worker.releasing.length > 0 ? <span class="quiet">released; it hears of it with its next heartbeat</span> : <button onClick={() => setState({ asking: true })}>release</button>}
      {state.asking && <Confirm question={{ title: `Release ${worker.host}?`, text: `It takes stages again that it was set aside for: ${reasons.join('; ')}. If the cause is still there, stages fail on it again.`, action: 'Release' }} answer={release} />}
      {state.error && <Failure error={state.error} />}
    </>
  );
}
