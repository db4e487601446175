import { basesText, weakText } from './basis-words.js';
import { absent, digits, estimateCell, numberCell } from './estimate-text.js';
import { higherIsBetter, metricTitle } from './metric-requests.js';
import type { Pareto, ParetoPoint } from './pareto.js';
import { workWords } from './plot-work.js';
import { plural } from './plural.js';
import { standingFields } from './standing-fields.js';
import { csvRecord, renderText, type TableFormat, type TextTable } from './table-text.js';

/** What a cost is printed as: a whole number of evaluations, seconds to three digits. */
export const workDigits = (by: string, work: number | null): string => (work === null ? absent : by === 'nfe' ? String(work) : String(Number(work.toPrecision(3))));

const keysOf = ({ points }: Pareto): string[] => Object.keys(points[0]?.labels ?? {});

/** Configurations named beside the best of a budget; of more, their number. */
const mostNamed = 2;

const nameOf = ({ points, by }: Pareto, place: number): string => `${Object.values(points[place]!.labels).join(', ')} (${workDigits(by, points[place]!.work)})`;

function tiedText(pareto: Pareto, tied: readonly number[]): string {
  if (tied.length === 0) return 'all others can';
  const more = tied.length - mostNamed;
  return `${tied.slice(0, mostNamed).map((place) => nameOf(pareto, place)).join('; ')}${more > 0 ? `; ${more} more` : ''}`;
}

const cellOf = ({ metric }: Pareto, { mean, confidence }: ParetoPoint, best: boolean): ReturnType<typeof estimateCell> =>
  estimateCell(metric, { mean, confidence, stddev: null, min: mean, max: mean, count: 0, diverged: 0, n: null, real: null }, best);

/** What is not among the points, and why; "" if nothing is. */
export function leftText({ left: { incomplete, unmeasured } }: Pick<Pareto, 'left'>): string {
  const parts = [
    ...(incomplete > 0 ? [`${incomplete} of the sweep lack trials of this evaluator and n, or diverged`] : []), ...(unmeasured > 0 ? [`of ${unmeasured} the cost was not measured on this device`] : []),
  ];
  return parts.length === 0 ? '' : `Left out: ${parts.join('; ')}.`;
}

function paretoText(pareto: Pareto): TextTable {
  const { metric, by, title, points, budgets, basis, work, sweepId, fixed } = pareto;
  const keys = keysOf(pareto);
  const fixedWords = Object.entries(fixed).map(([name, label]) => `${name} ${label}`).join(', ');
  return {
    header: [`${title} from`, 'to below', ...keys, metricTitle(metric), 'chosen among', 'cannot be told apart from it'],
    rows: budgets.map(({ from, to, best, among, tied }) => {
      const point = points[best]!;
      return [{ text: workDigits(by, from) }, { text: workDigits(by, to) }, ...keys.map((key) => ({ text: point.labels[key] ?? absent })), cellOf(pareto, point, tied.length < among - 1), numberCell(String(among)), { text: among === 1 ? absent : tiedText(pareto, tied) }];
    }),
    textColumns: 2 + keys.length,
    caption: [
      `The best ${metricTitle(metric)} (${higherIsBetter(metric) ? 'higher' : 'lower'} is better) for every budget of ${title}, among all that cost no more: ${plural(points.length, 'configuration')} of sweep ${sweepId}.`,
      'In bold where some can be told apart from it (paired differences at the same seeds, Holm, 5 %). The best of many flatters itself: `elucidate confirm` scores it again.',
      ...(work === null ? [] : [workWords(work)]), leftText(pareto), fixedWords === '' ? '' : `At ${fixedWords}.`, basis === null ? '' : basesText([basis]),
    ].filter((part) => part !== '').join(' '),
  };
}

/** One record for each configuration. */
function paretoCsv(pareto: Pareto): string {
  const { metric, by, points, basis, work } = pareto;
  const keys = keysOf(pareto);
  const header = ['cell', ...keys, by, `${by}_low`, `${by}_high`, 'metric', 'mean', 'low', 'high', 'on_front', 'difference', 'difference_low', 'difference_high', 'p', 'apart', 'n', 'evaluator', 'real', 'device', 'basis', 'weak'];
  const records = points.map((point) => csvRecord([
    point.cell, ...keys.map((key) => point.labels[key] ?? null), point.work, point.workRange?.low ?? null, point.workRange?.high ?? null, metric, point.mean,
    point.confidence.interval?.low ?? null, point.confidence.interval?.high ?? null, point.onFront, ...standingFields(point.standing),
    basis?.n ?? null, basis?.evaluator ?? null, basis?.real?.value ?? null, work?.device ?? null, basis?.words ?? null, basis === null ? null : weakText([basis]),
  ]));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

/** The best for each budget as a table; CSV has every configuration, JSON all. */
export const renderPareto = (pareto: Pareto, format: TableFormat): string =>
  renderText(format, { json: pareto, csv: () => paretoCsv(pareto), tables: () => [paretoText(pareto)] });

/** "FID 31.10 at NFE 9". */
export const pointText = ({ metric, title, by }: Pareto, { mean, work }: ParetoPoint): string => `${metricTitle(metric)} ${digits(metric, mean)} at ${title} ${workDigits(by, work)}`;
