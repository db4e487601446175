import { printable } from '@elucidate/experiment/printable';
import type { Edited } from '@elucidate/dispatch/edit';

const textOf = (value: unknown): string => printable(typeof value === 'string' ? value : JSON.stringify(value));

/** Values of a list that are printed; a long axis has more. */
const maxValues = 10;

function valuesText(sign: '+' | '-', values: readonly unknown[]): string {
  const rest = values.length > maxValues ? [`... ${values.length - maxValues} more`] : [];
  return values.length === 0 ? '' : ` ${sign} ${[...values.slice(0, maxValues).map(textOf), ...rest].join(', ')}`;
}

const words = ['added', 'changed', 'dropped', 'kept'] as const;
type Counts = Readonly<Partial<Record<(typeof words)[number], number>>>;

/** Some of a count, "(2 already done)"; nothing if there are none. */
const someText = (some: { count: number; what: string } | undefined): string => (some === undefined || some.count === 0 ? '' : ` (${some.count} ${some.what})`);

/** The counts that are not 0, "12 added, 3 dropped"; "none" if all are. `of`: what some of them are. */
const countsText = (counts: Counts, of: Readonly<Partial<Record<keyof Counts, { count: number; what: string }>>> = {}): string =>
  words.filter((word) => (counts[word] ?? 0) > 0).map((word) => `${counts[word]} ${word}${someText(of[word])}`).join(', ') || 'none';

/** What an edit changes, for people: the places of the sweep file, then how many cells, trials and stages. */
export const differenceText = ({ changes, difference: { cells, trials, stages } }: Pick<Edited, 'changes' | 'difference'>): string => [
  ...changes.map(({ path, removed, added }) => `  ${printable(path)}:${valuesText('-', removed)}${valuesText('+', added)}`),
  `  cells   ${countsText(cells)}`,
  `  trials  ${countsText(trials)}`,
  `  stages  ${countsText(stages, { added: { count: stages.alreadyDone, what: 'already done' }, dropped: { count: stages.cancelled, what: 'cancelled' } })}`,
].join('\n');
