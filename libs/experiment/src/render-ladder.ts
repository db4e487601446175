import { basesText } from './basis-words.js';
import { absent, digits, numberCell, shortId } from './estimate-text.js';
import type { Ladder, LadderStep } from './ladder.js';
import { higherIsBetter, metricTitle } from './metric-requests.js';
import { pText } from './render-effects.js';
import { changeInterval, changeText, scaleWords } from './score-scale.js';
import { csvRecord, renderText, type TableFormat, type TextCell, type TextTable } from './table-text.js';
import type { Difference } from './tables.js';

/** "sampler heun, was ddim(eta 0)". */
const changesText = ({ changes }: LadderStep): string => changes.map(({ parameter, from, to }) => `${parameter} ${to}, was ${from}`).join('; ');

const isFound = (difference: Difference | null): boolean => difference?.p != null && difference.p < 0.05;

function differenceCell({ metric, scale }: Ladder, difference: Difference | null): TextCell {
  if (difference === null) return { text: absent };
  const interval = difference.interval && { interval: changeInterval(metric, scale, difference.interval) };
  return { text: changeText(metric, scale, difference.mean), number: scale === 'linear', ...interval, best: isFound(difference) };
}

const meanCell = (metric: string, { mean, interval }: LadderStep): TextCell => ({ ...numberCell(digits(metric, mean)), ...(interval && { interval: `[${digits(metric, interval.low)}, ${digits(metric, interval.high)}]` }) });

function caption(ladder: Ladder): string {
  const { metric, shape, scale, n, evaluator, real, basis, incomplete, sweepId } = ladder;
  const tested = ladder.steps.some(({ toFirst }) => toFirst?.p != null);
  return [
    `${metricTitle(metric)}, ${higherIsBetter(metric) ? 'higher' : 'lower'} is better, ${shape === 'chain' ? 'step by step' : 'one change at a time from the first'}: mean with its 95 % interval over seeds, and paired differences at the same seeds.`,
    scaleWords[scale],
    tested ? `In bold: differences that are significant at 5 % (paired t tests, Holm for the ${ladder.steps.length - 1} of a column).` : 'A single pair of seeds: nothing can be tested; add train seeds.',
    incomplete === 0 ? '' : `${incomplete} of the sweep's configurations lack trials or diverged, and are not among these.`,
    basis === null ? `n = ${n ?? absent} images, evaluator ${evaluator === null ? absent : shortId(evaluator)}, real-data baseline ${digits(metric, real)}.` : basesText([basis]),
    `Sweep ${sweepId}.`,
  ].filter((part) => part !== '').join(' ');
}

/** The table of a ladder. */
export function ladderTable(ladder: Ladder): TextTable {
  const { metric, shape, scale, steps } = ladder;
  const less = scale === 'log' ? 'to' : 'less';
  const chain = shape === 'chain';
  return {
    header: ['configuration', 'change', metricTitle(metric), ...(chain ? [`${less} the one before`, 'p'] : []), `${less} the first`, ...(chain ? [] : ['p'])],
    rows: steps.map((step, i) => [
      { text: shortId(step.cellId) }, { text: i === 0 ? 'the first' : changesText(step) }, meanCell(metric, step),
      ...(chain ? [differenceCell(ladder, step.toPrevious), numberCell(pText(step.toPrevious?.p ?? null))] : []), differenceCell(ladder, step.toFirst), ...(chain ? [] : [numberCell(pText(step.toFirst?.p ?? null))]),
    ]),
    textColumns: 2, caption: caption(ladder),
  };
}

const fieldsOf = (difference: Difference | null): (number | null)[] => [difference?.mean ?? null, difference?.interval?.low ?? null, difference?.interval?.high ?? null, difference?.p ?? null];

/** One record for each configuration; differences on the scale. */
function ladderCsv({ metric, scale, steps }: Ladder): string {
  const of = (name: string): string[] => [name, `${name}_low`, `${name}_high`, `${name}_p`];
  const header = ['step', 'cell', 'change', 'metric', 'scale', 'mean', 'mean_low', 'mean_high', ...of('to_previous'), ...of('to_first')];
  const records = steps.map((step, i) => [i, step.cellId, changesText(step), metric, scale, step.mean, step.interval?.low ?? null, step.interval?.high ?? null, ...fieldsOf(step.toPrevious), ...fieldsOf(step.toFirst)]);
  return `${[header, ...records].map(csvRecord).join('\r\n')}\r\n`;
}

/** A ladder as text. */
export const renderLadder = (ladder: Ladder, format: TableFormat): string =>
  renderText(format, { json: ladder, csv: () => ladderCsv(ladder), tables: () => [ladderTable(ladder)] });
