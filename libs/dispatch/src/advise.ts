import { doubtsOf, type Candidate, type Scored } from '@elucidate/experiment/advice';
import { choiceOf, type Advice, type Offer, type PurchaseCost } from '@elucidate/experiment/advice-offers';
import { confirmSpec } from '@elucidate/experiment/confirm-spec';
import { ElucidateError } from '@elucidate/experiment/errors';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep, type PlannedTrial } from '@elucidate/experiment/plan';
import type { Spec } from '@elucidate/experiment/spec';
import type { PlannedStage, StageParams } from '@elucidate/experiment/stages';
import { nfe } from '@elucidate/experiment/work';
import { adviceCells } from '@elucidate/store/queries/advice-cells';
import { workRates } from '@elucidate/store/queries/rates';
import { doneStages } from '@elucidate/store/queries/stages';
import { getSpec } from '@elucidate/store/queries/sweep-spec';
import { unscored } from '@elucidate/store/queries/unscored';
import type { Store } from '@elucidate/store/store';
import { slotTimes, type SlotTimes } from './estimate.js';
import { rows } from './sql.js';

/**
 * How sure a sweep is of its best configuration, and which additional seeds, for which configurations, would remove the most doubt for their device time.
 * Throws 'not_found'; 'request.invalid' where no two configurations have been scored.
 */
export async function adviseOn({ db }: Pick<Store, 'db'>, sweepId: string, metric?: string): Promise<Advice> {
  const stored = await getSpec(db, sweepId);
  if (stored === null) throw new ElucidateError('not_found', `There is no sweep ${JSON.stringify(sweepId)}`);
  const found = await adviceCells(db, sweepId, metric);
  const [best, ...others] = found?.cells ?? [];
  if (found === null || best === undefined || others.length === 0) throw new ElucidateError('request.invalid', `Sweep ${sweepId} has no two configurations to compare, one with all its trials and another with a score${await unscored(db, sweepId, metric)}`);
  const { ranking: { metric: ranked, evaluator, images } } = found;
  const { candidates, ...doubts } = doubtsOf([best, ...others], ranked);
  const [sweep] = await rows<{ state: string }>(db, 'select state from sweeps where id = $1', [sweepId]);
  const offers = await priced(db, stored.spec, { candidates, cells: [best, ...others], doubt: doubts.doubt });
  return { sweepId, metric: ranked, n: images || null, evaluator: evaluator || null, basis: found.basis, among: others.length + 1, running: sweep?.state === 'running', ...doubts, ...choiceOf(doubts, offers) };
}

interface Pricing {
  candidates: readonly Candidate[];
  /** The best first. */
  cells: readonly Scored[];
  doubt: number | null;
}

/** The candidates with their cost. Only their own trials are planned, in two plans: those with the most train seeds, and those with the most sample seeds. */
async function priced(db: Store['db'], spec: Spec, { candidates, cells, doubt }: Pricing): Promise<Offer[]> {
  const rates = await workRates(db);
  const offers: Offer[] = [];
  for (const level of ['train', 'sample'] as const) {
    const own = candidates.filter((candidate) => candidate.level === level);
    if (own.length === 0) continue;
    const rivals = new Set(own.flatMap((candidate) => candidate.rivals));
    const members = cells.filter(({ cellId }, place) => place === 0 || rivals.has(cellId));
    const union = (of: (candidate: Candidate) => readonly number[]): number[] => [...new Set(own.flatMap(of))];
    const plan = planSweep(parseSpec(confirmSpec(spec, members.map(({ config }) => config), { train: union(({ trainSeeds }) => trainSeeds), sample: union(({ sampleSeeds }) => sampleSeeds) })));
    const stages = new Map(plan.stages.map((stage) => [stage.id, stage]));
    const done = await doneStages(db, [...stages.keys()]);
    const times = slotTimes(plan.stages, rates);
    for (const candidate of own) {
      const cost = costOf(trialsOf(plan.trials, cells[0]!.cellId, candidate), { stages, done, times });
      offers.push({ ...candidate, cost, doubtThen: doubt === null || candidate.gain === null ? null : Math.max(0, doubt - candidate.gain) });
    }
  }
  return offers;
}

function trialsOf(trials: readonly PlannedTrial[], best: string, { rivals, trainSeeds, sampleSeeds }: Candidate): PlannedTrial[] {
  const [members, train, sample] = [new Set([best, ...rivals]), new Set(trainSeeds), new Set(sampleSeeds)];
  return trials.filter(({ cellId, trainSeed, sampleSeed }) => members.has(cellId) && train.has(trainSeed) && sample.has(sampleSeed));
}

interface Priced {
  stages: ReadonlyMap<string, PlannedStage>;
  done: ReadonlySet<string>;
  times: SlotTimes;
}

/** The share of a time that a default rate may have in one that counts as measured: kinds that take moments are never measured. */
const leastMeasured = 0.05;

/** What the trials need that nobody has done; a stage that several share counts once. */
function costOf(trials: readonly PlannedTrial[], { stages, done, times }: Priced): PurchaseCost {
  const needed = [...new Set(trials.flatMap((trial) => Object.values(trial.stages)))].map((id) => stages.get(id)!);
  const todo = needed.filter(({ id }) => !done.has(id));
  const samplings = todo.filter((stage): stage is PlannedStage<'sample'> => stage.kind === 'sample');
  const seconds = (some: readonly PlannedStage[]): number => some.reduce((sum, stage) => sum + times.seconds(stage), 0);
  return {
    trainingRuns: todo.filter(({ kind }) => kind === 'train').length,
    samplings: samplings.length,
    evaluations: samplings.reduce((sum, { params }) => sum + evaluationsOf(params), 0),
    stages: todo.length,
    alreadyDone: needed.length - todo.length,
    deviceSeconds: seconds(todo),
    measured: seconds(todo.filter((stage) => !times.measured(stage))) <= leastMeasured * seconds(todo),
  };
}

const evaluationsOf = (params: StageParams<'sample'>): number => nfe(params) * params.samples;
