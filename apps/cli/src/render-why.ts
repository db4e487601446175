import { shortId } from '@elucidate/experiment/estimate-text';
import { printable } from '@elucidate/experiment/printable';
import { comparedAtMost, type Difference, type WhyGroup } from '@elucidate/experiment/why';

const isInput = (path: string): boolean => path.startsWith('input ');
const valueText = (path: string) => (value: Difference['from'][number]): string => (value === null ? 'none' : isInput(path) ? shortId(String(value)) : String(value));
const listText = (path: string, values: Difference['from'], more: boolean): string => `${values.map(valueText(path)).join(', ')}${more ? ', ...' : ''}`;

/** "seed 3, 4, where the nearest has 1". */
const differenceText = ({ path, from, to, more }: Difference): string => `${path} ${listText(path, to, more)} in place of ${listText(path, from, more)}`;

const reasons: { readonly [W in WhyGroup['why']]: (group: WhyGroup) => string } = {
  input: ({ inputs = [], stages }) => `${stages === 1 ? 'its' : 'their'} ${inputs.join(', ')} ${inputs.length === 1 ? 'runs' : 'run'}`,
  unfinished: ({ state = 'waiting', stages }) => `${stages === 1 ? 'it is there already, and is' : 'they are there already, and are'} ${state}`,
  differs: ({ differences = [], example: { nearest } }) => (differences.length === 0 ? 'the same has been done' : `${differences.map(differenceText).join('; ')}${nearest === undefined ? '' : ` (nearest: ${shortId(nearest)})`}`),
  first: ({ kind }) => `no ${kind} stage has been done here`,
  unlooked: () => `not compared: only the first ${comparedAtMost} of a kind are`,
};

/** Why stages of a plan run, a line for each reason. */
export const renderWhy = (groups: readonly WhyGroup[]): string => [
  groups.length === 0 ? '  nothing runs: every stage has been done' : '  why they run',
  ...groups.map((group) => `  ${String(group.stages).padStart(6)} ${group.kind}: ${reasons[group.why](group)}; ${group.stages === 1 ? '' : 'first '}${shortId(group.example.stage)}`),
].map(printable).join('\n');
