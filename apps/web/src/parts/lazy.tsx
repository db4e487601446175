import type { JSX } from 'preact';
import { useAnswer } from '../api/use-answer.js';
import { Waiting } from './waiting.js';

/** A view whose code is loaded when it is first shown, so that pages without it do not wait for it; or before, by `load`, while what it shows is on its way. */
export type Lazy<P> = ((props: P) => JSX.Element) & { load: () => void };

/** Makes a view of the code that `load` loads. `name` is its own. */
export function lazy<P extends object>(name: string, load: () => Promise<(props: P) => JSX.Element>): Lazy<P> {
  let loading: ReturnType<typeof load> | undefined;
  let Loaded: Awaited<ReturnType<typeof load>> | undefined;
  const loaded = (): ReturnType<typeof load> => {
    // what failed is tried again when it is next shown
    loading ??= load().then((view) => (Loaded = view)).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  function View(props: P): JSX.Element {
    const code = useAnswer(`code ${name}`, loaded);
    return Loaded === undefined ? <Waiting answer={code}>{() => null}</Waiting> : <Loaded {...props} />;
  }
  return Object.assign(View, { load: () => void loaded().catch(() => undefined) });
}
