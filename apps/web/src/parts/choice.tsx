import type { JSX } from 'preact';
import { choose } from '../route/use-route.js';

export interface Option {
  value: string;
  label: string;
}

/** A choice that is kept in the address under `name`; the empty value is the default. */
export function Choice({ name, label, value, options, usual }: { name: string; label: string; value: string | null; options: readonly Option[]; usual?: string }): JSX.Element {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value ?? ''} onChange={({ currentTarget }) => choose({ [name]: currentTarget.value })}>
        {usual !== undefined && <option value="">{usual}</option>}
        {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
    </label>
  );
}
