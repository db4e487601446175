import { useEffect, useState } from 'preact/hooks';
import { ApiError, api, dataOf, type Schemas } from '../../api/client.js';

/** Milliseconds after the last key before the plan is requested. */
const pause = 500;

export type Planned = { text: string } & ({ plan: Schemas['Plan'] } | { error: Error });

const yaml = { bodySerializer: (text: unknown) => text as string, headers: { 'content-type': 'application/yaml' } } as const;

/** The plan of a text, or why it has none: that of the last text that was answered, which `text` in it says. It is requested where `wanted`. */
export function usePlan(text: string, wanted: boolean): Planned | undefined {
  const [planned, setPlanned] = useState<Planned>();
  useEffect(() => {
    if (!wanted) return undefined;
    const asking = new AbortController();
    const timer = setTimeout(() => {
      dataOf(api.POST('/v1/sweeps/plan', { body: text as never, ...yaml, signal: asking.signal })).then((plan) => setPlanned({ text, plan }), (error: unknown) => {
        if (!asking.signal.aborted) setPlanned({ text, error: error as Error });
      });
    }, pause);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [text, wanted]);
  return planned;
}

/** Submits a text; its sweep. Throws ApiError. */
export const submitText = (text: string): Promise<Schemas['Sweep']> => dataOf(api.POST('/v1/sweeps', { body: text as never, ...yaml }));

/** What an API says is wrong with a text, one by one. */
export const problemsOf = (error: Error): readonly NonNullable<Schemas['Problem']['problems']>[number][] => (error instanceof ApiError ? error.problem.problems ?? [] : []);
