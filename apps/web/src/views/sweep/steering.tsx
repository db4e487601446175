import { plural } from '@elucidate/experiment/plural';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { Confirm, type Question } from '../../parts/confirm.js';
import { Failure } from '../../parts/waiting.js';

type Act = 'pause' | 'resume' | 'stop' | 'cancel' | 'retry';

const act = (name: Act, id: string): Promise<unknown> => {
  const params = { path: { id } };
  switch (name) {
    case 'pause': return dataOf(api.POST('/v1/sweeps/{id}/pause', { params }));
    case 'resume': return dataOf(api.POST('/v1/sweeps/{id}/resume', { params }));
    case 'stop': return dataOf(api.POST('/v1/sweeps/{id}/stop', { params }));
    case 'cancel': return dataOf(api.POST('/v1/sweeps/{id}/cancel', { params }));
    case 'retry': return dataOf(api.POST('/v1/sweeps/{id}/retry', { params }));
  }
};

/** What can be done with a sweep as it is. */
function possible({ state, paused, stopping, stages }: Schemas['Sweep']): Act[] {
  if (state === 'running') return [paused ? 'resume' : 'pause', ...(stopping ? [] : ['stop'] as const), 'cancel'];
  return (stages.failed ?? 0) + (stages.quarantined ?? 0) + (stages.cancelled ?? 0) > 0 ? ['retry'] : [];
}

/** What is asked before it is done; what is absent can be undone, and is done at once. */
const questions: Readonly<Partial<Record<Act, (sweep: Schemas['Sweep']) => Question>>> = {
  cancel: ({ name }) => ({ title: `Cancel ${name}?`, text: 'Stages that run for it alone are ended; what is finished is kept. It can be retried.', action: 'Cancel the sweep' }),
  stop: ({ name }) => ({ title: `Stop ${name}?`, text: 'The cells that run are completed, the rest is cancelled. It can be retried.', action: 'Stop the sweep' }),
  retry: ({ name, stages }) => ({ title: `Retry ${name}?`, text: `${plural((stages.failed ?? 0) + (stages.quarantined ?? 0), 'failed stage')} and ${plural(stages.cancelled ?? 0, 'cancelled stage')} will run again.`, action: 'Retry' }),
};

export function Steering({ sweep, changed }: { sweep: Schemas['Sweep']; changed: () => void }): JSX.Element {
  const [state, setState] = useState<{ busy: boolean; asking?: Act; error?: Error }>({ busy: false });
  const run = (name: Act): void => {
    setState({ busy: true });
    act(name, sweep.id).then(() => setState({ busy: false }), (error: unknown) => setState({ busy: false, error: error as Error })).finally(changed);
  };
  const { busy, asking, error } = state;
  const question = asking && questions[asking]?.(sweep);
  return (
    <span class="steering">
      {possible(sweep).map((name) => <button key={name} disabled={busy} onClick={() => (questions[name] === undefined ? run(name) : setState({ busy, asking: name }))}>{name}</button>)}
      {asking && question && <Confirm question={question} answer={(yes) => (yes ? run(asking) : setState({ busy: false }))} />}
      {error && <Failure error={error} />}
    </span>
  );
}
