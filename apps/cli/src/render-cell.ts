import { digits, estimateText, shortId } from '@elucidate/experiment/estimate-text';
import { labelOf, notable } from '@elucidate/experiment/labels';
import { byMetricOrder, metricTitle } from '@elucidate/experiment/metric-requests';
import { parameterNames } from '@elucidate/experiment/parameters';
import { plural } from '@elucidate/experiment/plural';
import { printable } from '@elucidate/experiment/printable';
import { trialRoles, type Role } from '@elucidate/experiment/stages';
import type { Estimate } from '@elucidate/experiment/tables';
import { sizeText } from '@elucidate/shell/size';
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

const scoreLine = (metric: string, estimate: Estimate, { n, evaluator, nfe }: CellDetail['scores'][number]): string =>
  `  ${metricTitle(metric)} ${estimateText(metric, estimate)} over ${plural(estimate.count, 'trial')}${estimate.diverged > 0 ? `, ${estimate.diverged} diverged` : ''}; n = ${estimate.n ?? n ?? '-'}, NFE ${nfe ?? '-'}, evaluator ${evaluator === null ? '-' : shortId(evaluator)}, real images ${digits(metric, estimate.real)}`;

const scoreLines = ({ scores }: CellDetail): string[] => scores.flatMap((group) => Object.keys(group.metrics).sort(byMetricOrder).map((metric) => scoreLine(metric, group.metrics[metric]!, group)));

function trialLines({ trialSeeds, stages, requested }: { trialSeeds: CellTrial; stages: ReadonlyMap<string, CellStage>; requested: readonly string[] }): string[] {
  const { trainSeed, sampleSeed, stages: roles } = trialSeeds;
  const score = stages.get(roles.score ?? '');
  const measured = requested.flatMap((metric) => (score?.metrics[metric] === undefined ? [] : [`${metricTitle(metric)} ${score.metrics[metric] === null ? 'diverged' : digits(metric, score.metrics[metric])}`]));
  const ids = Object.keys(trialRoles).flatMap((role) => (roles[role as Role] === undefined ? [] : [[role, roles[role as Role]!] as const])).map(([role, id]) => `${role} ${shortId(id)}${stages.get(id)?.state === 'done' ? '' : ` (${stages.get(id)?.state ?? 'unknown'})`}`);
  return [`  train seed ${trainSeed}, sample seed ${sampleSeed}: ${measured.join(', ') || 'no score yet'}`, `    stages: ${ids.join(', ')}`];
}

function fileLines({ trials, stages }: CellDetail): string[] {
  const seedsOf = ({ id, kind }: CellStage): string => {
    const own = trials.filter((trial) => Object.values(trial.stages).includes(id));
    const [train, sample] = [new Set(own.map(({ trainSeed }) => trainSeed)), new Set(own.map(({ sampleSeed }) => sampleSeed))];
    return train.size === 1 ? `train seed ${[...train][0]}${kind === 'sample' ? `, sample seed ${[...sample].join(', ')}` : ''}` : 'all';
  };
  return stages.filter(({ kind }) => kind === 'train' || kind === 'sample' || kind === 'noise-level').flatMap((stage) =>
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
    ...(scoreLines(detail).length === 0 ? ['  no score yet'] : scoreLines(detail)), '',
    'Trials', ...trials.flatMap((trialSeeds) => trialLines({ trialSeeds, stages: byId, requested })), ...(trialsCut ? [`  the first ${trials.length}; \`elucidate trials ${sweepId}\` has all`] : []), '',
    ...(files.length === 0 ? [] : ['Files, by the sha256 of what is in them', ...files, `  \`elucidate show ${short} --out FOLDER\` saves them, with the losses drawn`, '']),
    'Compute it again, from nothing, in a folder of its own',
    `  elucidate show ${short} --sweep ${sweepId} --spec > ${short}.json && ELUCIDATE_HOME=again elucidate run --local ${short}.json`,
  ].map(printable).join('\n');
}
