import type { Seeds } from './cell-config.js';
import { guideFacts } from './guide.js';
import type { GuideFacts } from './guide.js';
import { lengthsOf, lengthsTo, seenBefore } from './halving.js';
import { valuesOf, variedParameters } from './grid.js';
import type { ParameterName } from './parameters.js';
import { allSeeds, seedsOf } from './repeats.js';
import type { Spec } from './spec.js';
import type { Fact, Facts } from './stage-kinds/definition.js';
import { trialRoles } from './stages.js';
import type { PlannedStage, RoleDefinition } from './stages.js';
import { cellsOf } from './sweep.js';
import type { Cell } from './sweep.js';
import { TrialStages } from './trial-stages.js';
import type { StageIds } from './trial-stages.js';

/** A cell with a seed of each kind, and the stages its number comes from. */
export interface PlannedTrial extends Seeds {
  cellId: string;
  /** Every stage its numbers come from. */
  stages: StageIds;
}

/** All stages of a sweep and what each needs. */
export interface Plan {
  cells: Cell[];
  /** Cell by cell, train seed by train seed, sample seed by sample seed. */
  trials: PlannedTrial[];
  /** Each stage once, after every stage it reads. */
  stages: PlannedStage[];
}

export interface PlanOptions {
  /** Roles other than those of the current code. */
  roles?: Readonly<Record<string, RoleDefinition>>;
}

/** The values of the facts about guides: as some guidance has them, or as some network of its own. */
function guideValues(spec: Spec, lengths: readonly number[]): { [F in keyof GuideFacts]: GuideFacts[F][] } {
  const [guidances, networks, emas] = [valuesOf(spec, 'guidance'), valuesOf(spec, 'network'), valuesOf(spec, 'ema')];
  const [network, ema, none] = [networks[0]!, emas[0]!, { kind: 'none' }] as const;
  const guides = lengths.flatMap((images) => [
    ...guidances.map((guidance) => guideFacts({ guidance, network, images, ema })),
    ...networks.map((own) => guideFacts({ guidance: none, network: own, images, ema })),
    ...emas.map((own) => guideFacts({ guidance: none, network, images, ema: own })),
  ]);
  const once = <F extends keyof GuideFacts>(fact: F): GuideFacts[F][] => [...new Set(guides.map((guide) => guide[fact]))];
  return { guideNetwork: once('guideNetwork'), guideImages: once('guideImages'), guideEma: once('guideEma') };
}

/** The facts on which the trials of a sweep, and what came before them, may differ, with the values that they have. */
function varyingFacts(spec: Spec, longest: number): Map<Fact, readonly unknown[]> {
  const { train, sample } = allSeeds(spec);
  const images = lengthsOf(spec).filter((length) => length <= longest);
  const others = Object.entries({ ...guideValues(spec, images), images, trainSeed: train, sampleSeed: sample }).filter(([, values]) => values.length > 1);
  return new Map([...variedParameters(spec), ...(others as [Fact, readonly unknown[]][])]);
}

/**
 * Turns a sweep into the least work that computes it: each distinct stage once, after its inputs. With halving, the stages of a cell's shorter training runs, which
 * decided that it is trained longer, stay in the plan without trials. Pure.
 */
export function planSweep(spec: Spec, { roles = trialRoles }: PlanOptions = {}): Plan {
  const cells = cellsOf(spec);
  const named = new TrialStages(roles, varyingFacts(spec, cells.reduce((longest, { config }) => Math.max(longest, config.images), 0)));
  const varied = [...variedParameters(spec).keys()];
  const lengths = new Map<number, number[]>();
  const trials: PlannedTrial[] = [];
  // one record for all trials: a copy of the config for each would take as long as the rest
  const facts = { ...cells[0]!.config, ...guideFacts(cells[0]!.config), trainSeed: 0, sampleSeed: 0 } as Facts & Record<ParameterName, unknown>;
  for (const { id: cellId, config } of cells) {
    for (const name of varied) facts[name] = config[name] as never;
    const seeds = seedsOf(spec, config);
    if (!lengths.has(config.images)) lengths.set(config.images, lengthsTo(spec, config.images));
    for (const images of lengths.get(config.images)!) {
      Object.assign(facts, { images, seenBefore: seenBefore(spec, { ...config, images }) }, guideFacts({ ...config, images }));
      for (const trainSeed of seeds.train) {
        for (const sampleSeed of seeds.sample) {
          facts.trainSeed = trainSeed;
          facts.sampleSeed = sampleSeed;
          const stages = named.of(facts);
          if (images === config.images) trials.push({ cellId, trainSeed, sampleSeed, stages });
        }
      }
    }
  }
  return { cells, trials, stages: named.stages };
}
