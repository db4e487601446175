import { goOn } from '@elucidate/statistics/halving';
import { halvingOf, imagesOf, lengthInRace, lengthsOf } from './halving.js';
import { planSweep, type Plan } from './plan.js';
import type { PlannedStage } from './stages.js';
import type { Halving, Spec } from './spec.js';
import { stoppedBy } from './stopped.js';
import { cellsOf } from './sweep.js';

/** What a race may still add to its sweep at one of its looks, or all of them. */
export interface RoundAhead {
  /** With halving: images of the training runs that are added. */
  images?: number;
  /** Cells that go on: with halving exactly so many unless trials diverge, in a race over train seeds at most. */
  cells: number;
  /** Cells in the race now. */
  among: number;
  /** For each of these the stages that it would add. */
  stages: readonly (readonly PlannedStage[])[];
}

/** The stages that each cell in the race would add if all of them went on; `known` gets them. */
function addedBy(spec: Spec, inRace: ReadonlySet<string>, known: Set<string>): PlannedStage[][] {
  const { stages, trials } = planSweep(spec);
  const byId = new Map(stages.flatMap((stage) => (known.has(stage.id) ? [] : [[stage.id, stage] as const])));
  const byCell = new Map<string, Set<PlannedStage>>();
  for (const { cellId, stages: ids } of trials) {
    if (!inRace.has(cellId)) continue;
    const own = byCell.get(cellId) ?? new Set<PlannedStage>();
    byCell.set(cellId, own);
    for (const id of Object.values(ids)) if (byId.has(id)) own.add(byId.get(id)!);
  }
  for (const id of byId.keys()) known.add(id);
  return Array.from(byCell.values(), (own) => [...own]);
}

/** The ids of the cells that no look has stopped. */
const cellsInRace = (spec: Spec): Set<string> => new Set(cellsOf(spec).flatMap(({ id, config }) => (stoppedBy(spec, config) === null ? [id] : [])));

/** The rounds of a halving: each length that is still to come, until one cell is left, which is trained to the end at once. */
function longerRounds(spec: Spec, halving: Halving, known: Set<string>): RoundAhead[] {
  const now = lengthInRace(spec);
  const among = cellsInRace(spec).size;
  const lengths = lengthsOf(spec).filter((images) => images > now);
  const rounds: RoundAhead[] = [];
  let looks = halving.looks;
  for (let cells = among; lengths.length > 0;) {
    cells = goOn(cells, halving.factor);
    looks = [...looks, { images: rounds.at(-1)?.images ?? now, left: cells, stopped: [], order: [], undecided: 0, agreement: null }];
    const [images] = cells > 1 ? lengths.splice(0, 1) : lengths.splice(0).slice(-1);
    const longer: Spec = { ...spec, train: { ...spec.train, images: images! }, race: { ...halving, looks, over: true } };
    const inRace = new Set(cellsOf(longer).flatMap(({ id, config }) => (stoppedBy(longer, config) === null && imagesOf(longer, config) === images ? [id] : [])));
    rounds.push({ images: images!, cells, among, stages: addedBy(longer, inRace, known) });
  }
  return rounds;
}

/**
 * What a race has still to add to the plan of its sweep: which cells go on, its looks decide, but how many there will be of a halving is known, and what each of them would add.
 * None without a race, or when it is over. Pure.
 */
export function roundsAhead(spec: Spec, { stages }: Pick<Plan, 'stages'>): RoundAhead[] {
  const { race } = spec;
  if (race === undefined || race.over) return [];
  const known = new Set(stages.map(({ id }) => id));
  const halving = halvingOf(spec);
  if (halving !== undefined) return longerRounds(spec, halving, known);
  const inRace = cellsInRace(spec);
  const added = addedBy({ ...spec, race: { ...race, over: true } }, inRace, known);
  return added.every((own) => own.length === 0) ? [] : [{ cells: inRace.size, among: inRace.size, stages: added }];
}
