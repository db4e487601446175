import { ElucidateError } from '@elucidate/experiment/errors';
import { confirmedName, confirmedOf, freshSeeds } from '@elucidate/experiment/confirm-spec';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { printable } from '@elucidate/experiment/printable';
import type { Confirmation } from '@elucidate/experiment/render-confirmation';
import { allSeeds } from '@elucidate/experiment/repeats';
import type { Spec } from '@elucidate/experiment/spec';
import type { LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import { unscoredOn } from '@elucidate/experiment/unscored';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { sweepIdOf } from './sweep-called.js';

export interface ChoiceOptions {
  /** How many of the best. */
  top: number;
  metric?: string | undefined;
  /** Seeds to score them again at: by default the same training runs, and new samples. */
  trainSeeds?: readonly number[] | undefined;
  sampleSeeds?: readonly number[] | undefined;
}

/** The best configurations of a sweep, and the seeds to score them again at. */
export interface Chosen {
  sweep: SweepDetail;
  spec: Spec;
  group: LeaderboardGroup & { metric: string };
  rows: LeaderboardRow[];
  /** Of this and of others that do not compare with it: of other evaluators or n. */
  groups: LeaderboardGroup[];
  seeds: Spec['seeds'];
}

/** The sweep that is meant; where none is named, the newest that does not itself score another one again, so that the same command finds the same sweep once that is under way. */
export async function sweepToConfirm(answers: Answers, meant: string | undefined): Promise<string> {
  if (meant !== undefined) return sweepIdOf(answers, meant);
  const names = await answers.sweeps(50);
  const known = new Set(names.map(({ name }) => name));
  return names.find(({ name }) => !known.has(confirmedOf(name) ?? ''))?.id ?? sweepIdOf(answers, undefined);
}

/** Configurations that a race stopped: the best was chosen among them, too. */
const stoppedIn = ({ race }: Spec): number => [...(race?.looks ?? [])].reduce((sum, { stopped }) => sum + stopped.length, 0);

/** Throws 'request.invalid' where nothing is ranked, or a pair of seeds is one that chose the best. */
export async function choose(answers: Answers, id: string, { top, metric, trainSeeds, sampleSeeds }: ChoiceOptions): Promise<Chosen> {
  const sweep = await answers.sweep(id);
  const spec = parseSpec(sweep.spec);
  const board = await answers.leaderboard(id, metric);
  const groups = board.filter((one): one is Chosen['group'] => one.metric !== null && one.rows.some(({ rank }) => rank !== null));
  const [group] = groups;
  if (group === undefined) throw new ElucidateError('request.invalid', `Sweep ${id} has no configuration with all its trials scored${unscoredOn(sweep, board, metric)}`);
  const used = allSeeds(spec);
  const seeds = { train: [...(trainSeeds ?? spec.seeds.train)], sample: [...(sampleSeeds ?? freshSeeds(used.sample))] };
  const [train, sample] = [seeds.train.filter((seed) => used.train.includes(seed)), seeds.sample.filter((seed) => used.sample.includes(seed))];
  if (train.length > 0 && sample.length > 0) throw new ElucidateError('request.invalid', `Train seed ${train[0]} with sample seed ${sample[0]} is one of the trials that chose the best; give --sample-seeds, or --train-seeds, that sweep ${id} does not have`);
  return { sweep, spec, group, groups, rows: group.rows.filter(({ rank }) => rank !== null).slice(0, top), seeds };
}

/** The newest sweep that scores these configurations again at these seeds. */
export async function alreadyAgain(answers: Answers, { spec, rows, seeds }: Chosen): Promise<SweepDetail | undefined> {
  const again = (await answers.searched(confirmedName(spec.name))).filter(({ name }) => confirmedOf(name) === spec.name);
  for (const { id } of again) {
    const found = await answers.sweep(id);
    const cells = new Set((await answers.leaderboard(id)).flatMap((group) => group.rows.map(({ cellId }) => cellId)));
    if (JSON.stringify(seedsOf(found.spec)) === JSON.stringify(seeds) && rows.every(({ cellId }) => cells.has(cellId))) return found;
  }
  return undefined;
}

/** A name that no sweep has: what was the best may have been another configuration before, and have been scored again at the time. */
export async function freeName(answers: Answers, { spec }: Pick<Chosen, 'spec'>): Promise<string> {
  for (let place = 1; ; place++) {
    const name = confirmedName(spec.name, place);
    if ((await answers.named(name)).length === 0) return name;
  }
}

function seedsOf(document: unknown): Spec['seeds'] {
  const { train, sample } = parseSpec(document).seeds;
  return { train, sample };
}

/** Both scores of each, from the leaderboard of the sweep that scored them again. Throws 'not_found' where it has ended and scored none. */
export function confirmationOf({ sweep, spec, group, rows, seeds }: Chosen, again: SweepDetail, groups: readonly LeaderboardGroup[]): Confirmation {
  const boards = groups.filter(({ metric }) => metric === group.metric);
  const scored = new Map(boards.flatMap((one) => one.rows.map((row) => [row.cellId, row] as const)));
  if (rows.every(({ cellId }) => scored.get(cellId)?.rank == null)) throw new ElucidateError('not_found', `Sweep ${again.id}, ${printable(again.name)}, was to score them again, and none has all its trials${unscoredOn(again, groups, group.metric)}`);
  return {
    sweepId: sweep.id, confirmedBy: again.id, metric: group.metric, among: (group.choice?.among ?? rows.length) + stoppedIn(spec),
    trainSeeds: seeds.train, sampleSeeds: seeds.sample, sameTrainingRuns: seeds.train.some((seed) => allSeeds(spec).train.includes(seed)),
    basis: boards.flatMap(({ bases }) => bases).find(({ metric }) => metric === group.metric) ?? null,
    rows: rows.map(({ cellId, config, rank, metrics }) => {
      const found = scored.get(cellId);
      return { cellId, config, chosenRank: rank!, chosen: metrics[group.metric]!, confirmed: (found?.rank == null ? undefined : found.metrics[group.metric]) ?? null, rank: found?.rank ?? null, standing: found?.standing ?? null };
    }),
  };
}
