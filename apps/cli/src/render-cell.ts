import { basesText, fingerprintText } from '@elucidate/experiment/basis-words';
import { digits, estimateText, shortId, spreadText } from '@elucidate/experiment/estimate-text';
import { labelOf, notable } from '@elucidate/experiment/labels';
import { byMetricOrder, metricTitle } from '@elucidate/experiment/metric-requests';
import { parameterNames } from '@elucidate/experiment/parameters';
import { plural } from '@elucidate/experiment/plural';
import { printable } from '@elucidate/experiment/printable';
import { trialRoles, type Role } from '@elucidate/experiment/stages';
import type { Estimate } from '@elucidate/experiment/tables';
import { sizeText } from '@elucidate/shell/size';
import { fileSeeds } from './cell-files.js';
import { scorePartLines } from './score-parts.js';
import type { CellDetail, CellStage, CellTrial } from '@elucidate/store/queries/cell-detail';

const inOrder = (keys: readonly string[]): string[] => [...keys].sort((a, b) => ([...parameterNames, a] as string[]).indexOf(a) - ([...parameterNames, b] as string[]).indexOf(b));

/** Its values: what the sweep varies, then what is not at its default. */
function valueLines({ config, varying }: CellDetail): string[] {
  const varies = inOrder(Object.keys(varying));
  const others = Object.fromEntries(parameterNames.filter((name) => config[name] !== undefined && varying[name] === undefined).map((name) => [name, labelOf(name, config[name])]));
  const rest = notable(others, {});
  const width = Math.max(...[...varies, ...Object.keys(rest)].map((name) => name.length));
  const line = (name: string, label: string, note: string): string => `  ${name.padEnd(width)}  ${label}${note}`;
  return [...varies.map((name) => line(name, varying[name]!, '   (varies)')), ...Object.entries(rest).map(([name, label]) => line(name, label, ''))];
}

/** "3 trials", "2 of 3 trials" while others are to come. */
const trialsText = ({ count, diverged, trials = count + diverged }: Estimate): string => (count + diverged < trials ? `${count} of ${plural(trials, 'trial')}` : plural(count, 'trial'));

const scoreLine = (metric: string, estimate: Estimate, { nfe }: CellDetail['scores'][number]): string =>
  `  ${metricTitle(metric)} ${estimateText(metric, estimate)} over ${trialsText(estimate)}${estimate.diverged > 0 ? `, ${estimate.diverged} diverged` : ''}; NFE ${nfe ?? '-'}`;

/** What the trials vary by: "standard deviation 3.75; between training runs 3.70, between sample seeds 0.31, rest 0.20; bootstrap [44.47, 51.60]". */
function spreadLine(metric: string, { stddev, confidence }: Estimate): string[] {
  if (stddev === null || confidence?.spread === undefined) return [];
  const { trainingRuns, samples, rest, bootstrap } = confidence.spread;
  const parts = [['between training runs', trainingRuns], ['between sample seeds', samples], ['rest', rest]].flatMap(([words, value]) => (value === null ? [] : [`${words} ${digits(metric, value as number)}`]));
  return [`    standard deviation ${digits(metric, stddev)}${parts.length > 1 ? `: ${parts.join(', ')}` : ''}; bootstrap interval [${digits(metric, bootstrap.low)}, ${digits(metric, bootstrap.high)}]`];
}

/** Each group of scores that compare, what it rests on, and what the fingerprint is over. */
const scoreLines = ({ scores }: CellDetail): string[] => scores.flatMap((group) => [
  ...Object.keys(group.metrics).sort(byMetricOrder).flatMap((metric) => [scoreLine(metric, group.metrics[metric]!, group), ...spreadLine(metric, group.metrics[metric]!)]),
  `  ${[`${spreadText(Object.values(group.metrics))}.`, basesText(group.bases)].filter((part) => part !== '').join(' ')}`,
  ...group.bases.slice(0, 1).map(fingerprintText).filter((text) => text !== '').map((text) => `  Evaluator: ${text}.`),
]);

function trialLines({ trialSeeds, stages, requested }: { trialSeeds: CellTrial; stages: ReadonlyMap<string, CellStage>; requested: readonly string[] }): string[] {
  const { trainSeed, sampleSeed, stages: roles } = trialSeeds;
  const score = stages.get(roles.score ?? '');
  const measured = requested.flatMap((metric) => (score?.metrics[metric] === undefined ? [] : [`${metricTitle(metric)} ${score.metrics[metric] === null ? 'diverged' : digits(metric, score.metrics[metric])}`]));
  const ids = Object.keys(trialRoles).flatMap((role) => (roles[role as Role] === undefined ? [] : [[role, roles[role as Role]!] as const])).map(([role, id]) => `${role} ${shortId(id)}${stages.get(id)?.state === 'done' ? '' : ` (${stages.get(id)?.state ?? 'unknown'})`}`);
  return [`  train seed ${trainSeed}, sample seed ${sampleSeed}: ${measured.join(', ') || 'no score'}`, `    stages: ${ids.join(', ')}`];
}

/** How to see what is behind the scores of a trial, of the first that has any. */
function provenanceLine({ trials, stages }: CellDetail): string[] {
  const scored = trials.map((trial) => trial.stages.score).find((id) => stages.some((stage) => stage.id === id && stage.state === 'done'));
  return scored === undefined ? [] : [`  \`elucidate provenance ${shortId(scored)}\` has all that is behind the scores of one: attempts, workers, devices, versions, hashes`];
}

function fileLines({ trials, stages }: CellDetail): string[] {
  const seedsOf = ({ id, kind }: CellStage): string => {
    const own = trials.filter((trial) => Object.values(trial.stages).includes(id));
    const [train, sample] = [new Set(own.map(({ trainSeed }) => trainSeed)), new Set(own.map(({ sampleSeed }) => sampleSeed))];
    return train.size === 1 ? `train seed ${[...train][0]}${fileSeeds[kind] === 'train and sample' ? `, sample seed ${[...sample].join(', ')}` : ''}` : 'all';
  };
  return stages.filter(({ kind }) => fileSeeds[kind] !== undefined).flatMap((stage) =>
    stage.outputs.map(({ name, hash, sizeBytes }) => `  ${`${stage.kind} ${name}`.padEnd(16)} ${sizeText(sizeBytes).padStart(10)}  ${seedsOf(stage)}  ${hash}`));
}

/** One configuration for people: its values, scores, trials, files, and how to compute it again. */
export function renderCell(detail: CellDetail, requested: readonly string[]): string {
  const { cellId, sweepId, sweepName, trials, trialsCut, alsoIn, stages } = detail;
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const files = fileLines(detail);
  const short = shortId(cellId);
  return [
    `Configuration ${short} of ${sweepName} (sweep ${sweepId}${alsoIn.length > 0 ? `; also in ${alsoIn.join(', ')}` : ''})`, '',
    ...valueLines(detail), '',
    ...(scoreLines(detail).length === 0 ? ['  no score'] : scoreLines(detail)), ...scorePartLines(detail), '',
    'Trials', ...trials.flatMap((trialSeeds) => trialLines({ trialSeeds, stages: byId, requested })), ...provenanceLine(detail), ...(trialsCut ? [`  the first ${trials.length}; \`elucidate trials ${sweepId}\` has all`] : []), '',
    ...(files.length === 0 ? [] : ['Files, by the sha256 of what is in them', ...files, `  \`elucidate show ${short} --out FOLDER\` saves them, with the losses drawn`, '']),
    'Compute it again, from nothing, in a folder of its own',
    `  elucidate show ${short} --sweep ${sweepId} --spec > ${short}.json && ELUCIDATE_HOME=again elucidate run --local ${short}.json`,
  ].map(printable).join('\n');
}
