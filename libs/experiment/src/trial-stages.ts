import { remembered } from './canonical.js';
import { orderIn } from './combinations.js';
import { digest } from './digest.js';
import type { Fact, Facts } from './stage-kinds/definition.js';
import type { PlannedStage, Role, RoleDefinition } from './stages.js';
import { partsOf } from './trial-parts.js';
import type { Params, Part, VaryingFacts } from './trial-parts.js';

/** Role -> stage id; a role that the trial does not need is absent. */
export type StageIds = Partial<Record<Role, string>>;

/** In place of a number, for a part whose stage is not known yet, and for one that the trial does not need. */
const unknown = -1;
const unneeded = 0;

/**
 * Names the stages of one trial after another, and keeps each stage once. Most stages have already been named, so a stage is
 * looked up by the facts that vary, each a small number; only a new one is written out and hashed.
 */
export class TrialStages {
  /** Each once, after every stage it reads. */
  readonly stages: PlannedStage[] = [];
  private readonly parts: readonly Part[];
  /** The parts that no other role reads. */
  private readonly ends: readonly number[];
  /** The facts that vary, with a number for each value; values with the same text have the same. */
  private readonly facts: readonly { fact: Fact; numbers: ReadonlyMap<unknown, number> }[];
  /** The trial being named: the number of each of these facts, then of its stage in each part. */
  private readonly trial: Int32Array;

  constructor(roles: Readonly<Record<string, RoleDefinition>>, varying: VaryingFacts) {
    const textOf = remembered();
    this.parts = partsOf({ roles, varying, textOf });
    const read = new Set(this.parts.flatMap(({ makers }) => makers.map(({ index }) => index)));
    this.ends = [...this.parts.keys()].filter((index) => !read.has(index));
    this.facts = Array.from(varying, ([fact, values]) => {
      const texts = new Map<string, number>();
      return { fact, numbers: new Map(values.map((value) => [value, orderIn(texts, textOf(value))])) };
    });
    this.trial = new Int32Array(varying.size + this.parts.length);
  }

  /** The ids of the stages that a trial needs. */
  of(facts: Facts): StageIds {
    this.trial.fill(unknown);
    let place = 0;
    for (const { fact, numbers } of this.facts) this.trial[place++] = numbers.get(facts[fact])!;
    for (const end of this.ends) this.add(end, facts);
    const ids: StageIds = {};
    for (const { role, stages } of this.parts) {
      const stage = stages[this.trial[place++]!];
      if (stage !== undefined) ids[role] = stage.id;
    }
    return ids;
  }

  /** Finds the stage that the trial needs in this part; its inputs are added before it. */
  private add(index: number, facts: Facts): void {
    const part = this.parts[index]!;
    const from = this.facts.length;
    this.trial[from + index] = unneeded;
    if (part.when?.(facts) === false) return;
    for (const { index: maker } of part.makers) if (this.trial[from + maker] === unknown) this.add(maker, facts);
    const key = part.stageKey(this.trial);
    let number = part.numbers.get(key);
    if (number === undefined) {
      number = part.stages.push(this.name(part, facts)) - 1;
      part.numbers.set(key, number);
    }
    this.trial[from + index] = number;
  }

  private name(part: Part, facts: Facts): PlannedStage {
    const { kind, codeVersion, makers, nameText, shared, work } = part;
    const { params, text } = this.paramsOf(part, facts);
    const inputs: Record<string, string> = {};
    for (const { input, index } of makers) {
      const stage = this.parts[index]!.stages[this.trial[this.facts.length + index]!];
      if (stage !== undefined) inputs[input] = stage.id;
    }
    const id = digest(nameText(inputs, text));
    const known = shared?.get(id);
    if (known !== undefined) return known;
    const stage = { id, kind, codeVersion, params, inputs, work: work(facts) };
    shared?.set(id, stage);
    this.stages.push(stage);
    return stage;
  }

  private paramsOf(part: Part, facts: Facts): Params {
    const key = part.paramsKey(this.trial);
    let params = part.params.get(key);
    if (params === undefined) {
      params = part.read(facts);
      part.params.set(key, params);
    }
    return params;
  }
}
