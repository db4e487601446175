import { stageId } from './canonical.js';
import type { Seeds } from './cell-config.js';
import type { Spec } from './spec.js';
import type { Fact, Facts } from './stage-kinds/definition.js';
import { trialRoles } from './stages.js';
import type { PlannedStage, Role, RoleDefinition, StageParams } from './stages.js';
import { cellsOf } from './sweep.js';
import type { Cell } from './sweep.js';

/** Role -> stage id; a role that the trial does not need is absent. */
export type StageIds = Partial<Record<Role, string>>;

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
  /** Other roles than those of today's code. */
  roles?: Readonly<Record<string, RoleDefinition>>;
}

interface Part extends RoleDefinition {
  role: Role;
  /** `uses`, as a list. */
  params: readonly (readonly [name: string, fact: Fact])[];
}

/** Names the stages of one trial after another, and keeps each stage once. */
class StageCollection {
  readonly stages = new Map<string, PlannedStage>();
  private readonly parts: ReadonlyMap<Role, Part>;
  /** What no other role reads. */
  private readonly ends: readonly Part[];
  private readonly numbers = new Map<unknown, number>();
  private readonly ids = new Map<string, string>();

  constructor(roles: Readonly<Record<string, RoleDefinition>>) {
    const parts = Object.entries(roles).map(([role, definition]): Part => ({ ...definition, role: role as Role, params: Object.entries(definition.uses) }));
    const read = new Set(parts.flatMap(({ inputs }) => Object.values(inputs)));
    this.parts = new Map(parts.map((part) => [part.role, part]));
    this.ends = parts.filter(({ role }) => !read.has(role));
  }

  /** The stages that a trial needs. */
  trial(facts: Facts): StageIds {
    const known: StageIds = {};
    for (const end of this.ends) this.add(end, facts, known);
    return known;
  }

  /** The id of the stage that a trial needs in this role, or undefined where it needs none; its inputs are added before it. `known` are the trial's ids so far. */
  private add(part: Part, facts: Facts, known: StageIds): string | undefined {
    if (part.when?.(facts) === false) return undefined;
    const inputs: [name: string, id: string][] = [];
    for (const [name, maker] of Object.entries(part.inputs)) {
      const id = known[maker] ?? this.add(this.parts.get(maker) as Part, facts, known);
      if (id !== undefined) inputs.push([name, id]);
    }
    const key = [part.role, ...part.params.map(([, fact]) => this.numberOf(facts[fact])), ...inputs.map(([, id]) => id)].join(' ');
    const id = this.ids.get(key) ?? this.name(part, facts, Object.fromEntries(inputs));
    this.ids.set(key, id);
    known[part.role] = id;
    return id;
  }

  private name({ kind, codeVersion, params: names, work }: Part, facts: Facts, inputs: Readonly<Record<string, string>>): string {
    const params = Object.fromEntries(names.map(([name, fact]) => [name, facts[fact]])) as StageParams;
    const id = stageId({ kind, codeVersion, params, inputs });
    if (!this.stages.has(id)) this.stages.set(id, { id, kind, codeVersion, params, inputs, work: work(facts) });
    return id;
  }

  /** Cells share the objects of their axes, so most trials meet stages already named: hashing them again would be most of a plan's time. */
  private numberOf(value: unknown): number {
    const known = this.numbers.get(value) ?? this.numbers.size;
    this.numbers.set(value, known);
    return known;
  }
}

/** Turns a sweep into the least work that answers it: each distinct stage once, inputs before what reads them. Pure. */
export function planSweep(spec: Spec, { roles = trialRoles }: PlanOptions = {}): Plan {
  const cells = cellsOf(spec);
  const collection = new StageCollection(roles);
  const trials = cells.flatMap(({ id: cellId, config }) => spec.seeds.train.flatMap((trainSeed) => spec.seeds.sample.map((sampleSeed): PlannedTrial =>
    ({ cellId, trainSeed, sampleSeed, stages: collection.trial({ ...config, trainSeed, sampleSeed }) }))));
  return { cells, trials, stages: [...collection.stages.values()] };
}
