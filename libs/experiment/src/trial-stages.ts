import { recordWriter, remembered } from './canonical.js';
import { digest } from './digest.js';
import type { Fact, Facts } from './stage-kinds/definition.js';
import type { PlannedStage, Role, RoleDefinition, StageParams } from './stages.js';

/** Role -> stage id; a role that the trial does not need is absent. */
export type StageIds = Partial<Record<Role, string>>;

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
  /** The facts among its params on which the trials of this sweep may differ. */
  varying: readonly Fact[];
  read(facts: Facts): Params;
  /** Keyed by the numbers of the varying facts. */
  params: Map<string, Params>;
  /** Keyed by those and the numbers of the inputs. */
  numbers: Map<string, number>;
}

interface Sweep {
  roles: readonly string[];
  /** The facts on which trials may differ. */
  varying: ReadonlySet<Fact>;
  /** `canonical`. */
  textOf(value: unknown): string;
}

function partOf(role: string, definition: RoleDefinition, { roles, varying, textOf }: Sweep): Part {
  const uses = Object.entries(definition.uses);
  const varyingNames = uses.filter(([, fact]) => varying.has(fact)).map(([name]) => name);
  let write: ((params: Readonly<Record<string, unknown>>) => string) | undefined;
  const read = (facts: Facts): Params => {
    const params: Record<string, unknown> = {};
    for (const [name, fact] of uses) params[name] = facts[fact];
    write ??= recordWriter({ fixed: params, varying: varyingNames }, textOf);
    return { params: params as StageParams, text: write(params) };
  };
  const makers = Object.entries(definition.inputs).map(([input, maker]) => ({ input, index: roles.indexOf(maker) }));
  return { ...definition, role: role as Role, makers, varying: uses.flatMap(([, fact]) => (varying.has(fact) ? [fact] : [])), read, params: new Map(), numbers: new Map() };
}

/** Markers for a part whose stage is not known yet, and for one that the trial does not need. */
const unknown = -1;
const unneeded = -2;

/**
 * Names the stages of one trial after another, and keeps each stage once. Most stages have already been named, so a stage is
 * looked up by the few facts that vary and by its inputs, each a small number; only a new one is written out and hashed.
 */
export class TrialStages {
  /** Each once, after every stage it reads. */
  readonly stages: PlannedStage[] = [];
  private readonly parts: readonly Part[];
  /** The parts that no other role reads. */
  private readonly ends: readonly number[];
  private readonly factNumbers = new Map<unknown, number>();
  private readonly byId = new Map<string, number>();
  /** For the trial being named: part -> number of its stage. */
  private readonly current: Int32Array;

  /** `varying`: the facts on which trials may differ; the others are the same in all. */
  constructor(roles: Readonly<Record<string, RoleDefinition>>, varying: ReadonlySet<Fact>) {
    const sweep = { roles: Object.keys(roles), varying, textOf: remembered() };
    this.parts = Object.entries(roles).map(([role, definition]) => partOf(role, definition, sweep));
    const read = new Set(this.parts.flatMap(({ makers }) => makers.map(({ index }) => index)));
    this.ends = [...this.parts.keys()].filter((index) => !read.has(index));
    this.current = new Int32Array(this.parts.length);
  }

  /** The ids of the stages that a trial needs. */
  of(facts: Facts): StageIds {
    this.current.fill(unknown);
    for (const end of this.ends) this.add(end, facts);
    const ids: StageIds = {};
    for (let index = 0; index < this.parts.length; index += 1) {
      const number = this.current[index]!;
      if (number >= 0) ids[this.parts[index]!.role] = this.stages[number]!.id;
    }
    return ids;
  }

  /** Finds the stage that the trial needs in this part; its inputs are added before it. */
  private add(index: number, facts: Facts): void {
    const part = this.parts[index]!;
    if (part.when?.(facts) === false) {
      this.current[index] = unneeded;
      return;
    }
    let paramsKey = '';
    for (const fact of part.varying) paramsKey += `${this.factNumber(facts[fact])} `;
    let key = paramsKey;
    for (const { index: maker } of part.makers) {
      if (this.current[maker] === unknown) this.add(maker, facts);
      key += `:${this.current[maker]}`;
    }
    let number = part.numbers.get(key);
    if (number === undefined) {
      number = this.name(part, facts, this.paramsOf(part, facts, paramsKey));
      part.numbers.set(key, number);
    }
    this.current[index] = number;
  }

  private paramsOf(part: Part, facts: Facts, key: string): Params {
    const params = part.params.get(key) ?? part.read(facts);
    part.params.set(key, params);
    return params;
  }

  private name({ kind, codeVersion, makers, work }: Part, facts: Facts, { params, text }: Params): number {
    const inputs: Record<string, string> = {};
    for (const { input, index } of makers) {
      const number = this.current[index]!;
      if (number >= 0) inputs[input] = this.stages[number]!.id;
    }
    const id = digest(nameText({ kind, codeVersion, inputs }, text));
    const number = this.byId.get(id) ?? this.stages.push({ id, kind, codeVersion, params, inputs, work: work(facts) }) - 1;
    this.byId.set(id, number);
    return number;
  }

  private factNumber(value: unknown): number {
    let number = this.factNumbers.get(value);
    if (number === undefined) {
      number = this.factNumbers.size;
      this.factNumbers.set(value, number);
    }
    return number;
  }
}

/** The text that `stageId` hashes, given the text of the params. */
function nameText({ kind, codeVersion, inputs }: Pick<PlannedStage, 'kind' | 'codeVersion' | 'inputs'>, params: string): string {
  const read = Object.keys(inputs).sort().map((input) => `${JSON.stringify(input)}:"${inputs[input]}"`).join(',');
  return `{"codeVersion":${codeVersion},"inputs":{${read}},"kind":${JSON.stringify(kind)},"params":${params}}`;
}
