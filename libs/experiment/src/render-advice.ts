import type { Advice, Offer } from './advice-offers.js';
import type { Rival } from './advice.js';
import { basesText } from './basis-words.js';
import { absent, configLabel, differenceCell, numberCell, shortId } from './estimate-text.js';
import { higherIsBetter, metricTitle } from './metric-requests.js';
import { plural } from './plural.js';
import { markdownTable, type TextTable } from './table-text.js';
import { varyingKeys } from './varying-keys.js';

/** A chance in per cent, to the nearest one: "31 %"; what is less than half of one is "below 1 %". */
export const chanceText = (chance: number | null): string => (chance === null ? absent : chance > 0 && chance < 0.005 ? 'below 1 %' : `${Math.round(100 * chance)} %`);

/** "1:05 h", "12 min", "40 s". */
function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
}

const shownRivals = 8;

function rivalTable(advice: Advice, keys: readonly string[]): TextTable {
  const { metric, best } = advice;
  const row = ({ cellId, config, difference, interval, trainingRuns, samples, doubt }: Rival): TextTable['rows'][number] => [
    { text: shortId(cellId) }, ...keys.map((key) => ({ text: configLabel(key, config[key]) })),
    differenceCell(metric, { mean: difference, interval, trainingRuns, samples, p: null }), numberCell(`${trainingRuns} x ${samples}`), numberCell(chanceText(doubt)),
  ];
  const first = [{ text: shortId(best.cellId) }, ...keys.map((key) => ({ text: configLabel(key, best.config[key]) })), { text: absent }, { text: absent }, { text: absent }];
  return { header: ['cell', ...keys, `${metricTitle(metric)} less the best`, 'seeds in common', 'chance that it is better'], rows: [first, ...advice.rivals.slice(0, shownRivals).map(row)], textColumns: 1 + keys.length, caption: verdict(advice) };
}

/** "7-10", "3", "5, 9". */
const seedList = (seeds: readonly number[]): string => (seeds.length > 2 && seeds.at(-1)! - seeds[0]! === seeds.length - 1 ? `${seeds[0]}-${seeds.at(-1)}` : seeds.join(', '));

/** "2 more train seeds (3, 4)". */
const seedsMore = ({ level, more, trainSeeds, sampleSeeds }: Offer): string =>
  (more === 0 ? 'the seeds that some lack' : `${more} more ${level} ${more === 1 ? 'seed' : 'seeds'} (${seedList((level === 'train' ? trainSeeds : sampleSeeds).slice(-more))})`);

function offerTable({ offers, recommended }: Advice): TextTable {
  return {
    header: ['offer', 'buy', 'for the best and', 'training runs', 'network evaluations', 'device time', 'chance removed', 'left'],
    rows: offers.map((offer, place) => [
      { text: `${place + 1}${place === recommended ? ', advised' : ''}` }, { text: seedsMore(offer) }, { text: offer.rivals.map(shortId).join(' ') },
      numberCell(String(offer.cost.trainingRuns)), numberCell(String(offer.cost.evaluations)), numberCell(`${timeText(offer.cost.deviceSeconds)}${offer.cost.measured ? '' : ' (not measured)'}`),
      numberCell(offer.gain === null ? 'not known' : chanceText(offer.gain)), numberCell(offer.gain === null ? absent : chanceText(offer.doubtThen)),
    ]),
    textColumns: 3,
    caption: 'What more seeds would be expected to tell, for the best and its rivals alone, each dearer one only if it tells more. What is done, or shared, costs nothing. Chances by paired differences at common seeds and Student\'s t, those of all rivals added up.',
  };
}

function verdict({ metric, basis, doubt, rivals, among, recommended, offers, sweepId, running }: Advice): string {
  const sure = doubt === null ? 'How sure that is is not known: there is a single trial of each.'
    : `The chance that another one is better is at most ${chanceText(doubt)}${rivals.some((rival) => rival.doubt === null) ? ', without those that have no seeds in common with it' : ''}.`;
  const ahead = rivals.filter(({ doubt: own }) => own !== null && own > 0.5);
  const already = ahead.length === 0 ? '' : `${ahead.map(({ cellId }) => shortId(cellId)).join(', ')} ${ahead.length === 1 ? 'is' : 'are'} ahead of it at the seeds that both have: it leads by the mean over all its seeds, which others lack in part. `;
  const best = recommended === null ? undefined : offers[recommended];
  const advice = best === undefined ? (doubt !== null && doubt < 0.05 ? 'No more seeds are advised for this question; `elucidate confirm` scores the best again.' : 'None of the offers would remove much of it.')
    : `Offer ${recommended! + 1} is advised: ${seedsMore(best)}. \`elucidate advise ${sweepId} --submit\` adds them.`;
  return `The best of ${plural(among, 'configuration')} by ${metricTitle(metric)}, ${higherIsBetter(metric) ? 'higher' : 'lower'} is better. ${already}${sure} ${advice}${rivals.length > shownRivals ? ` ${rivals.length - shownRivals} less doubtful ones are not shown.` : ''}${running ? ' The sweep still runs: this is what its scores so far say.' : ''}${basis === null ? '' : ` ${basesText([basis])}`}`;
}

/** Advice for people. */
export function renderAdvice(advice: Advice): string {
  const { best, rivals, offers } = advice;
  const keys = varyingKeys([best, ...rivals].map(({ config }) => config));
  return [markdownTable(rivalTable(advice, keys)), ...(offers.length === 0 ? [] : [markdownTable(offerTable(advice))])].join('\n');
}
