import { basesText } from './basis-words.js';
import type { ParameterEffect, SweepEffects, ValueEffect } from './effects.js';
import { absent, digits, shortId } from './estimate-text.js';
import { metricTitle } from './metric-requests.js';
import { plural } from './plural.js';
import { changeInterval, changeText, fromScale, scaleWords } from './score-scale.js';
import { csvRecord, renderText, type TableFormat, type TextCell, type TextTable } from './table-text.js';

/** "0.0123", "2e-6". */
export const pText = (p: number | null): string => (p === null ? absent : p > 0 && p < 0.0001 ? p.toExponential(0) : p.toFixed(4));

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A spread is a length: on the log scale the factor of one standard deviation. */
const spreadText = ({ metric, scale }: SweepEffects, spread: number): string => (scale === 'log' ? changeText(metric, scale, spread) : digits(metric, spread));

const isFound = ({ adjustedP }: ParameterEffect): boolean => adjustedP !== null && adjustedP < 0.05;

function effectRow(found: SweepEffects, effect: ParameterEffect): TextCell[] {
  const { spread, spreadInterval, share, omega, omegaInterval, f, degreesOfFreedom, errorDegreesOfFreedom, adjustedP } = effect;
  const interval = spreadInterval && { interval: `[${spreadText(found, spreadInterval.low)}, ${spreadText(found, spreadInterval.high)}]` };
  return [
    { text: effect.title, best: isFound(effect) },
    { text: spreadText(found, spread), number: found.scale === 'linear', ...interval },
    { text: percent(share) },
    omega === null ? { text: absent } : { text: omega.toFixed(2), number: true, ...(omegaInterval && { interval: `[${omegaInterval.low.toFixed(2)}, ${omegaInterval.high.toFixed(2)}]` }) },
    { text: f === null ? absent : `${f.toFixed(1)} (${degreesOfFreedom}, ${Number(errorDegreesOfFreedom!.toFixed(1))})` },
    { text: pText(adjustedP) },
  ];
}

/** What the seeds do, and what no effect explains; its other columns are empty. */
function restRows({ rest }: SweepEffects): TextCell[][] {
  const row = (title: string, share: number): TextCell[] => [{ text: title }, { text: '' }, { text: percent(share) }, { text: '' }, { text: '' }, { text: '' }];
  return [row('seeds, to all alike', rest.seeds), row('other interactions', rest.higher), row('rest', rest.noise)];
}

const reachWords: Readonly<Record<NonNullable<SweepEffects['reach']>, string>> = {
  'training runs and samples': 'new train and sample seeds', 'training runs': 'new train seeds, with the one sample seed', 'samples': 'new sample seeds of the one training run, which says nothing about other training runs',
};

/** What was analysed and what could not be. */
export function effectsCaption(found: SweepEffects): string {
  const { metric, scale, configurations, incomplete, trainingRuns, samples, reach, full, leftOut, n, evaluator, real, basis, sweepId } = found;
  const pairs = leftOut.map(({ parameters, missing }) => `${parameters.join(' x ')}${missing.length === 0 ? '' : ` (no ${missing.slice(0, 2).map((labels) => labels.join(' with ')).join(', ')}${missing.length > 2 ? ', ..' : ''})`}`);
  return [
    `Analysis of variance of ${metricTitle(metric)} over ${plural(configurations, 'configuration')} at ${trainingRuns} x ${samples} train x sample seeds.`,
    scaleWords[scale],
    `${scale === 'log' ? 'Moves by: the factor of one' : 'Moves by: the'} standard deviation that it makes between configurations; share: of the variation of all trials (eta squared); omega squared: its variance over that plus the mean square it is tested by (partial).`,
    reach === null ? 'A single trial of each: nothing can be tested; add train seeds.' : `Seeds are blocks, and each effect is tested by how it varies over them; 95 % intervals and p are about ${reachWords[reach]}; p by Holm for ${plural(found.effects.length, 'effect')}; in bold what is below 0.05.`,
    full ? '' : `Not every combination of values is there: sums of squares are what each effect adds to the others (type III).${pairs.length === 0 ? '' : ` Interactions left out: ${pairs.join('; ')}.`}`,
    full && pairs.length > 0 ? 'Interactions are left out: there are too few configurations, or too many, to tell them apart.' : '',
    incomplete === 0 ? '' : `${plural(incomplete, 'configuration')} left out: trials are missing or diverged, or another evaluator scored them.`,
    basis === null ? `n = ${n ?? absent} images, evaluator ${evaluator === null ? absent : shortId(evaluator)}, real-data baseline ${digits(metric, real)}.` : basesText([basis]),
    `Sweep ${sweepId}.`,
  ].filter((part) => part !== '').join(' ');
}

const effectsText = (found: SweepEffects): TextTable => ({
  header: ['effect', `moves ${metricTitle(found.metric)} by`, 'share', 'omega squared', 'F (df)', 'p'],
  rows: [...found.effects.map((effect) => effectRow(found, effect)), ...restRows(found)],
  textColumns: 1, caption: effectsCaption(found),
});

/** The values of single parameters, in the order of the grid. */
export const mainValues = ({ values }: SweepEffects): ValueEffect[] => values.filter(({ parameters }) => parameters.length === 1);

function valuesText(found: SweepEffects): TextTable {
  const { metric, scale, mean } = found;
  const titles = new Map(found.parameters.map(({ key, title }) => [key, title]));
  return {
    header: ['parameter', 'value', `${metricTitle(metric)} ${scale === 'log' ? 'to' : 'less'} the mean`],
    rows: mainValues(found).map(({ parameters: [key], labels: [label], deviation, interval }) => [
      { text: titles.get(key!)! }, { text: label! }, { text: changeText(metric, scale, deviation), number: scale === 'linear', ...(interval && { interval: changeInterval(metric, scale, interval) }) },
    ]),
    textColumns: 2,
    caption: `Each value averaged over all others, ${scale === 'log' ? `to the geometric mean ${digits(metric, fromScale(scale, mean))}` : `less the mean ${digits(metric, mean)}`}, with 95 % intervals over seeds; what a seed does to all configurations alike is taken out.`,
  };
}

const bounds = (interval: { low: number; high: number } | null): (number | null)[] => [interval?.low ?? null, interval?.high ?? null];

/** One record for each effect, then one for each value; numbers on the scale. */
function effectsCsv(found: SweepEffects): string {
  const header = ['kind', 'parameters', 'values', 'metric', 'scale', 'df', 'spread', 'spread_low', 'spread_high', 'eta_squared', 'omega_squared', 'omega_low', 'omega_high', 'f', 'error_df', 'p', 'p_adjusted', 'deviation', 'deviation_low', 'deviation_high'];
  const { metric, scale } = found;
  const effects = found.effects.map((e) => ['effect', e.parameters.join(' x '), null, metric, scale, e.degreesOfFreedom, e.spread, ...bounds(e.spreadInterval), e.share, e.omega, ...bounds(e.omegaInterval), e.f, e.errorDegreesOfFreedom, e.p, e.adjustedP, null, null, null]);
  const values = found.values.map((v) => ['value', v.parameters.join(' x '), v.labels.join(' x '), metric, scale, ...new Array<null>(12).fill(null), v.deviation, ...bounds(v.interval)]);
  return `${[header, ...effects, ...values].map(csvRecord).join('\r\n')}\r\n`;
}

/** Effects, then the values of each parameter. */
export const effectsTables = (found: SweepEffects): TextTable[] => [effectsText(found), valuesText(found)];

/** What matters in a sweep, as text. */
export const renderEffects = (found: SweepEffects, format: TableFormat): string =>
  renderText(format, { json: found, csv: () => effectsCsv(found), tables: () => effectsTables(found) });
