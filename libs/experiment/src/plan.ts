import type { Seeds } from './cell-config.js';
import { guideFacts } from './guide.js';
import { variedParameters } from './grid.js';
import type { Spec } from './spec.js';
import type { Fact } from './stage-kinds/definition.js';
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

/** The facts on which the trials of a sweep may differ. */
function varyingFacts(spec: Spec): Set<Fact> {
  const { train, sample } = spec.seeds;
  const varied = variedParameters(spec);
  const guides = varied.includes('guidance') || varied.includes('network');
  return new Set<Fact>([...varied, ...(guides ? ['guideNetwork' as const, 'guideImages' as const] : []), ...(train.length > 1 ? ['trainSeed' as const] : []), ...(sample.length > 1 ? ['sampleSeed' as const] : [])]);
}

/** Turns a sweep into the least work that computes it: each distinct stage once, after its inputs. Pure. */
export function planSweep(spec: Spec, { roles = trialRoles }: PlanOptions = {}): Plan {
  const cells = cellsOf(spec);
  const named = new TrialStages(roles, varyingFacts(spec));
  const trials: PlannedTrial[] = [];
  for (const { id: cellId, config } of cells) {
    const facts = { ...config, ...guideFacts(config), trainSeed: 0, sampleSeed: 0 };
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
