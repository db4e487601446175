import type { JSX } from 'preact';

/** The states of stages in the order of a bar, those that are over first. */
export const stageStates = ['done', 'failed', 'quarantined', 'cancelled', 'running', 'ready', 'waiting'] as const;

/** "54 of 88 done, 2 running, 32 waiting". */
export function statesText(states: Readonly<Record<string, number>>): string {
  const total = Object.values(states).reduce((sum, count) => sum + count, 0);
  const rest = stageStates.slice(1).flatMap((state) => (states[state] ? [`${states[state]} ${state}`] : []));
  return [`${states.done ?? 0} of ${total} done`, ...rest].join(', ');
}

/** A bar of how many stages are in which state. */
export function Progress({ states, label }: { states: Readonly<Record<string, number>>; label: string }): JSX.Element {
  const text = statesText(states);
  const total = Math.max(1, Object.values(states).reduce((sum, count) => sum + count, 0));
  let from = 0;
  const parts = stageStates.flatMap((state) => {
    const width = ((states[state] ?? 0) / total) * 100;
    const x = from;
    from += width;
    return width === 0 ? [] : [<rect key={state} class={`state-${state}`} x={x} width={width} height="10" />];
  });
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={`${label}: ${text}`}>
      <title>{text}</title>
      {parts}
    </svg>
  );
}
