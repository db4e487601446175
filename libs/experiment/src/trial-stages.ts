import { recordWriter, remembered } from './canonical.js';
import { combinations, orderIn } from './combinations.js';
import type { Digit } from './combinations.js';
import { digest } from './digest.js';
import type { Fact, Facts } from './stage-kinds/definition.js';
import type { PlannedStage, Role, RoleDefinition, StageKind, StageParams } from './stages.js';

/** Role -> stage id; a role that the trial does not need is absent. */
export type StageIds = Partial<Record<Role, string>>;

/** The facts on which the trials of a sweep may differ, and their values. */
export type VaryingFacts = ReadonlyMap<Fact, readonly unknown[]>;

interface Sweep {
  roles: Readonly<Record<string, RoleDefinition>>;
  varying: VaryingFacts;
  /** `canonical`. */
  textOf(value: unknown): string;
}

/** A role's params, and their canonical text. */
interface Params {
  params: StageParams;
  text: string;
}

/** A role, and the stages named in it so far. */
interface Part extends RoleDefinition {
  role: Role;
  /** Indices of the parts whose stages it reads, by name of the input. */
  makers: readonly { input: string; index: number }[];
  /** Numbers a trial's params in this role. */
  paramsKey(trial: Int32Array): number;
  /** Numbers a trial's stage in this role: params and inputs. */
  stageKey(trial: Int32Array): number;
  read(facts: Facts): Params;
  nameText(inputs: Readonly<Record<string, string>>, params: string): string;
  params: Map<number, Params>;
  /** Stage key -> number of the stage in this role, from 1. */
  numbers: Map<number, number>;
  /** Its stages, by number; 0 is none. */
  stages: (PlannedStage | undefined)[];
  /** Indices of the other roles of its kind: they may name the same stage. */
  twins: readonly number[];
}

/** More than the trials of any sweep. */
const maxNumbers = 2 ** 20;

/** The varying facts among a role's params. */
const factDigits = ({ varying }: Sweep, { uses }: RoleDefinition): Digit[] => {
  const used = new Set(Object.values(uses));
  return [...varying].flatMap(([fact, { length }], index) => (used.has(fact) ? [{ index, radix: length }] : []));
};

/** What decides a role's stage: the facts among its params, those of each role it reads, and the very stage of one that not all trials need. */
function stageDigits(sweep: Sweep, definition: RoleDefinition): Digit[] {
  const names = Object.keys(sweep.roles);
  const read = Object.values(definition.inputs).flatMap((maker): Digit[] => {
    const role = sweep.roles[maker]!;
    const digits = stageDigits(sweep, role);
    const stages = digits.reduce((product, { radix }) => product * radix, 1);
    return role.when === undefined ? digits : [{ index: sweep.varying.size + names.indexOf(maker), radix: 1 + Math.min(maxNumbers, stages) }];
  });
  return [...new Map([...factDigits(sweep, definition), ...read].map((digit) => [digit.index, digit])).values()];
}

/** Reads a role's params out of a trial's facts. */
function paramsReader({ varying, textOf }: Sweep, { uses }: RoleDefinition): Part['read'] {
  const members = Object.entries(uses);
  const names = members.flatMap(([name, fact]) => (varying.has(fact) ? [name] : []));
  let write: ((params: Readonly<Record<string, unknown>>) => string) | undefined;
  return (facts) => {
    const params: Record<string, unknown> = {};
    for (const [name, fact] of members) params[name] = facts[fact];
    write ??= recordWriter({ fixed: params, varying: names }, textOf);
    return { params: params as StageParams, text: write(params) };
  };
}

/** Writes the text that `stageId` hashes, given the inputs and the text of the params. */
function nameWriter({ kind, codeVersion, inputs }: RoleDefinition): Part['nameText'] {
  const heads = Object.keys(inputs).sort().map((input) => ({ input, head: `,${JSON.stringify(input)}:"` }));
  const [before, between] = [`{"codeVersion":${codeVersion},"inputs":{`, `},"kind":${JSON.stringify(kind)},"params":`];
  return (ids, params) => {
    let read = '';
    for (const { input, head } of heads) if (ids[input] !== undefined) read += `${head}${ids[input]}"`;
    return `${before}${read.slice(1)}${between}${params}}`;
  };
}

function partsOf(sweep: Sweep): Part[] {
  const names = Object.keys(sweep.roles);
  const definitions = Object.values(sweep.roles);
  return definitions.map((definition, index) => ({
    ...definition,
    role: names[index] as Role,
    makers: Object.entries(definition.inputs).map(([input, maker]) => ({ input, index: names.indexOf(maker) })),
    paramsKey: combinations(factDigits(sweep, definition)),
    stageKey: combinations(stageDigits(sweep, definition)),
    read: paramsReader(sweep, definition),
    nameText: nameWriter(definition),
    params: new Map(),
    numbers: new Map(),
    stages: [undefined],
    twins: definitions.flatMap(({ kind }, other) => (kind === definition.kind && other !== index ? [other] : [])),
  }));
}

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
  /** The stages of a kind by id, once several roles have stages of that kind. */
  private readonly shared = new Map<StageKind, Map<string, PlannedStage>>();

  constructor(roles: Sweep['roles'], varying: VaryingFacts) {
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
    const { kind, codeVersion, makers, nameText, work } = part;
    const { params, text } = this.paramsOf(part, facts);
    const inputs: Record<string, string> = {};
    for (const { input, index } of makers) {
      const stage = this.parts[index]!.stages[this.trial[this.facts.length + index]!];
      if (stage !== undefined) inputs[input] = stage.id;
    }
    const id = digest(nameText(inputs, text));
    const byId = this.sharedBy(part);
    const known = byId?.get(id);
    if (known !== undefined) return known;
    const stage = { id, kind, codeVersion, params, inputs, work: work(facts) };
    byId?.set(id, stage);
    this.stages.push(stage);
    return stage;
  }

  /** Undefined while no other role has stages of this kind. */
  private sharedBy({ kind, twins }: Part): Map<string, PlannedStage> | undefined {
    if (twins.every((twin) => this.parts[twin]!.stages.length === 1)) return undefined;
    let byId = this.shared.get(kind);
    if (byId === undefined) {
      byId = new Map(this.stages.filter((stage) => stage.kind === kind).map((stage) => [stage.id, stage]));
      this.shared.set(kind, byId);
    }
    return byId;
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
