import type { z } from 'zod';
import { isUNet } from './design.js';
import type { Fact, Facts, StageDefinition } from './stage-kinds/definition.js';
import { average } from './stage-kinds/average.js';
import { embed } from './stage-kinds/embed.js';
import { extractor } from './stage-kinds/extractor.js';
import { levels } from './stage-kinds/levels.js';
import { noiseLevel } from './stage-kinds/noise-level.js';
import { reference } from './stage-kinds/reference.js';
import { sample } from './stage-kinds/sample.js';
import { score } from './stage-kinds/score.js';
import { train } from './stage-kinds/train.js';

/** The kinds of work; see docs/glossary.md. The only table of them: docs/adding-a-stage.md. */
export const stageDefinitions = { extractor, reference, train, average, 'noise-level': noiseLevel, levels, sample, embed, score };

export type StageKind = keyof typeof stageDefinitions;
export const stageKinds = Object.keys(stageDefinitions) as StageKind[];
export type StageParams<K extends StageKind = StageKind> = z.output<(typeof stageDefinitions)[K]['params']>;

/** The code version that this process has of each kind. */
export const codeVersions = Object.fromEntries(stageKinds.map((kind) => [kind, stageDefinitions[kind].codeVersion])) as Readonly<Record<StageKind, number>>;

/** What a stage is to a trial. Each kind has the role of its own name; a second stage of a kind in one trial is another row. */
export type Role = StageKind | 'guide' | 'guideAverage';

/** What the planner needs to know of a role. */
export interface RoleDefinition extends Pick<StageDefinition<StageKind, z.ZodObject, Role>, 'kind' | 'codeVersion' | 'omitted' | 'inputs' | 'when'> {
  /** param -> fact. */
  uses: Readonly<Record<string, Fact>>;
  work: (facts: Facts) => number;
}

/** The stages of a trial. The plan starts from those that no other stage reads. */
export const trialRoles: Readonly<Record<Role, RoleDefinition>> = {
  ...stageDefinitions,
  /** The network that autoguidance leads away from. */
  guide: {
    ...train,
    uses: { ...train.uses, network: 'guideNetwork', images: 'guideImages' },
    when: ({ guidance }) => guidance.kind === 'autoguidance',
    work: ({ seenBefore = 0, ...facts }) => train.work({ ...facts, network: facts.guideNetwork, images: facts.guideImages, seenBefore: facts.guideImages === facts.images ? seenBefore : 0 }),
  },
  /** Which average of the guide's weights is used. */
  guideAverage: {
    ...average,
    uses: { ema: 'guideEma' },
    inputs: { train: 'guide' },
    when: ({ guidance, guideEma, guideNetwork, guideImages }) => guidance.kind === 'autoguidance' && guideEma.kind !== 'trained' && guideImages > 0 && isUNet(guideNetwork),
    work: (facts) => average.work({ ...facts, ema: facts.guideEma, network: facts.guideNetwork }),
  },
};

export const stageStates = ['waiting', 'ready', 'running', 'done', 'failed', 'quarantined', 'cancelled'] as const;
export type StageState = (typeof stageStates)[number];

/** A stage as the planner names it. */
export interface PlannedStage<K extends StageKind = StageKind> {
  /** sha256 hex of canonical({ kind, codeVersion, params, inputs }). */
  id: string;
  kind: K;
  codeVersion: number;
  params: StageParams<K>;
  /** input name -> stage id. */
  inputs: Readonly<Record<string, string>>;
  /** Estimated floating-point operations, for cost and ETA; not part of the id. */
  work: number;
}
