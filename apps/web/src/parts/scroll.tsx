import type { ComponentChildren, JSX } from 'preact';

/** What may be wider than the page: it scrolls by itself, also by keyboard. `label` names it to a screen reader. */
export const Scroll = ({ label, children }: { label: string; children: ComponentChildren }): JSX.Element => <div class="scroll" role="group" aria-label={label} tabIndex={0}>{children}</div>;
