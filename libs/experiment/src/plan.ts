import type { Seeds } from './cell-config.js';
import { guideFacts } from './guide.js';
import type { GuideFacts } from './guide.js';
import { valuesOf, variedParameters } from './grid.js';
import type { ParameterName } from './parameters.js';
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
function guideValues(spec: Spec): { [F in keyof GuideFacts]: GuideFacts[F][] } {
  const { images } = spec.train;
  const [guidances, networks] = [valuesOf(spec, 'guidance'), valuesOf(spec, 'network')];
  const guides = [...guidances.map((guidance) => guideFacts({ guidance, network: networks[0]!, images })), ...networks.map((network) => guideFacts({ guidance: { kind: 'none' }, network, images }))];
  return { guideNetwork: [...new Set(guides.map(({ guideNetwork }) => guideNetwork))], guideImages: [...new Set(guides.map(({ guideImages }) => guideImages))] };
}

/** The facts on which the trials of a sweep may differ, with the values that they have. */
function varyingFacts(spec: Spec): Map<Fact, readonly unknown[]> {
  const { train, sample } = spec.seeds;
  const others = Object.entries({ ...guideValues(spec), trainSeed: train, sampleSeed: sample }).filter(([, values]) => values.length > 1);
  return new Map([...variedParameters(spec), ...(others as [Fact, readonly unknown[]][])]);
}

/** Turns a sweep into the least work that computes it: each distinct stage once, after its inputs. Pure. */
export function planSweep(spec: Spec, { roles = trialRoles }: PlanOptions = {}): Plan {
  const cells = cellsOf(spec);
  const named = new TrialStages(roles, varyingFacts(spec));
  const varied = [...variedParameters(spec).keys()];
  const trials: PlannedTrial[] = [];
  // one record for all trials: a copy of the config for each would take as long as the rest
  const facts = { ...cells[0]!.config, ...guideFacts(cells[0]!.config), trainSeed: 0, sampleSeed: 0 } as Facts & Record<ParameterName, unknown>;
  for (const { id: cellId, config } of cells) {
    for (const name of varied) facts[name] = config[name] as never;
    Object.assign(facts, guideFacts(config));
    for (const trainSeed of spec.seeds.train) {
      for (const sampleSeed of spec.seeds.sample) {
        facts.trainSeed = trainSeed;
        facts.sampleSeed = sampleSeed;
        trials.push({ cellId, trainSeed, sampleSeed, stages: named.of(facts) });
      }
    }
  }
  return { cells, trials, stages: named.stages };
}
