import { plural } from '@elucidate/experiment/plural';
import { availableParallelism } from 'node:os';
import { describePlan, type PlanSummary, type RoundSummary } from '@elucidate/dispatch/estimate';
import { axesOf } from '@elucidate/experiment/axes';
import { etaOf, type Eta } from '@elucidate/experiment/eta';
import { includedBy, keptPositions } from '@elucidate/experiment/grid';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import { weakText } from '@elucidate/experiment/basis-words';
import { plannedWeaknesses } from '@elucidate/experiment/score-facts';
import type { Spec } from '@elucidate/experiment/spec';
import type { PlannedStage } from '@elucidate/experiment/stages';
import { compareStages, whyOf, type WhyGroup } from '@elucidate/experiment/why';
import { planSweep } from '@elucidate/experiment/plan';
import { roundsAhead, type RoundAhead } from '@elucidate/experiment/rounds-ahead';
import { localPrincipal } from '@elucidate/store/principal';
import { whyRun } from '@elucidate/store/queries/near-stages';
import { doneStages } from '@elucidate/store/queries/stages';
import { workRates } from '@elucidate/store/queries/rates';
import { apiClient } from '../api-client.js';
import { clock, etaText } from '../bars.js';
import { homeOf } from '@elucidate/shell/home';
import { hasLocalDatabase, openLocalStore } from '../local-store.js';
import { namedApi } from '../open-answers.js';
import { renderWhy } from '../render-why.js';
import { readSpecFile, type SpecFile } from '../spec-file.js';

export interface PlanOptions {
  api?: string;
  json?: boolean;
  profile?: string;
  set?: readonly string[];
  /** Say why each stage runs. */
  why?: boolean;
}

/** The plan, with finished stages looked up in the given API, else in this folder's database if there is one. */
async function planOf({ text, spec }: SpecFile, options: PlanOptions): Promise<PlanSummary> {
  const named = namedApi(options);
  if (named !== undefined) return apiClient(named).post<PlanSummary>(`/v1/sweeps/plan${options.why ? '?why=true' : ''}`, { body: text });
  const plan = planSweep(spec);
  const ahead = roundsAhead(spec, plan);
  const facts = { name: spec.name, weak: plannedWeaknesses(spec), cells: plan.cells.length, trials: plan.trials.length, stages: plan.stages, ahead };
  const home = homeOf();
  if (!hasLocalDatabase(home)) return { ...describePlan({ ...facts, done: new Set(), rates: [] }), ...(options.why && { why: withoutDatabase(plan.stages) }) };
  const { store, close } = await openLocalStore(home);
  try {
    const [done, rates] = await Promise.all([doneStages(store.db, idsOf(plan.stages, ahead)), workRates(store.db)]);
    return { ...describePlan({ ...facts, done, rates }), ...(options.why && { why: await whyRun(store.db, whyOf(plan.stages, done), localPrincipal) }) };
  } finally {
    await close();
  }
}

/** The stages of a plan and of what its race may add. */
const idsOf = (stages: readonly PlannedStage[], ahead: readonly RoundAhead[]): string[] => [...new Set([...stages, ...ahead.flatMap((round) => round.stages.flat())].map(({ id }) => id))];

/** Why stages run where nothing exists. */
function withoutDatabase(stages: readonly PlannedStage[]): WhyGroup[] {
  const { groups, compare } = whyOf(stages, new Set());
  return [...compareStages(compare, { unfinished: new Map(), near: () => [] }), ...groups];
}

/** "0:03", and "<0:01" for what is less than half a second, but not nothing. */
const kindClock = (seconds: number): string => (seconds > 0 && seconds < 0.5 ? '<0:01' : clock(seconds));

const counted = (count: number, word: string): string => `${String(count).padStart(6)} ${word}${count === 1 ? ' ' : 's'}`;

/** How many cells of the grid are chosen, where the file chooses: a condition that drops nothing, or too much, is seen here. */
function chosenText(spec: Spec): string[] {
  const choosing = [...(spec.where === undefined ? [] : ['where']), ...(spec.exclude.length === 0 ? [] : ['exclude'])];
  if (spec.method !== 'grid') return spec.method.drawn === undefined ? [] : [`  ${plural(spec.method.drawn.cells, 'cell')} drawn at random with seed ${spec.method.drawn.seed}${spec.method.drawn.where === undefined ? '' : ', of those that where keeps'}`];
  const [grid, kept, included] = [axesOf(spec).size, keptPositions(spec).length, includedBy(spec).length];
  const chosen = choosing.length === 0 ? [] : [`${choosing.join(' and ')} ${choosing.length === 1 ? 'keeps' : 'keep'} ${kept === grid ? `all ${grid}` : `${kept} of ${grid}`} cells of the grid`];
  const added = included === 0 ? [] : [`include adds ${included}`];
  return chosen.length + added.length === 0 ? [] : [`  ${[...chosen, ...added].join('; ')}`];
}

/** How long the stages of a plan that are not done take on so many slots. */
const planEta = ({ stages }: PlanSummary, slots: number): Eta => etaOf(stages.map(({ stages: all, alreadyDone, estimatedSeconds, attempts, spread }) => ({ stages: all - alreadyDone, seconds: estimatedSeconds, attempts, spread })), slots);

/** When a round of a race ends on so many slots: between the earliest end of the least that it may be and the latest of the most. */
function roundEta({ low, high, stages }: RoundSummary, { stages: kinds }: PlanSummary, slots: number): Pick<Eta, 'low' | 'high'> {
  const { attempts, spread } = kinds.find(({ kind }) => kind === 'train')!;
  const at = (seconds: number): Eta => etaOf([{ stages, seconds, attempts, spread }], slots);
  return { low: at(low).low, high: at(high).high };
}

function roundText({ images, cells, among, low: least, high: most }: RoundSummary): string {
  const [low, high] = [clock(least), clock(most)];
  if (images === undefined) return `  then train seeds one by one for those of ${plural(among, 'cell')} that may still be the best: up to ${high} on one slot`;
  return `  then ${cells} of ${plural(among, 'cell')} on ${images} images: ${low === high ? low : `${low} to ${high}`} on one slot${low === high ? '' : ', depending on which'}`;
}

/** What the looks of a race may add. */
function aheadText(plan: PlanSummary, slots: number): string[] {
  const { ahead = [] } = plan;
  if (ahead.length === 0) return [];
  const etas = [planEta(plan, slots), ...ahead.map((round) => roundEta(round, plan, slots))];
  const inAll = (end: 'low' | 'high'): string => clock(etas.reduce((sum, eta) => sum + eta[end], 0));
  return [
    ...ahead.map(roundText),
    `  in all ${inAll('low')} to ${inAll('high')} on this machine's ${plural(slots, 'slot')}`,
  ];
}

function render(plan: PlanSummary, spec: Spec): string {
  const slots = availableParallelism();
  const kinds = plan.stages.filter(({ stages }) => stages > 0).map(({ kind, stages, alreadyDone, estimatedSeconds, rateMeasured }) =>
    `  ${kind.padEnd(11)} ${counted(stages, 'stage')} ${String(alreadyDone).padStart(6)} already done ${kindClock(estimatedSeconds).padStart(9)} on one slot${rateMeasured || estimatedSeconds === 0 ? '' : ', a guess'}`);
  const { trainingRuns, trainingRunsOnePerTrial } = plan.saving;
  return [
    `${printable(plan.name)}: ${plural(plan.cells, 'cell')}, ${plural(plan.trials, 'trial')} (cells x seeds)`,
    ...chosenText(spec),
    ...kinds,
    `  ${plural(trainingRuns, 'training run')} ${trainingRuns === 1 ? 'serves' : 'serve'} ${plural(plan.trials, 'trial')}${trainingRunsOnePerTrial > trainingRuns ? `; without sharing it would be ${trainingRunsOnePerTrial}` : ', none shared'}`,
    `  about ${etaText(planEta(plan, slots))} on this machine's ${plural(slots, 'slot')}${plan.ahead === undefined ? '' : ', up to the first look of the race'}`,
    ...aheadText(plan, slots),
    ...(plan.weak.length === 0 ? [] : [`  ${weakText([plan])}`]),
    ...(plan.why === undefined ? [] : [renderWhy(plan.why)]),
  ].join('\n');
}

export async function plan(file: string, options: PlanOptions): Promise<void> {
  const read = await readSpecFile(file, { profile: options.profile, overrides: options.set });
  const summary = await planOf(read, options);
  console.log(options.json ? jsonOf(summary) : render(summary, read.spec));
}
