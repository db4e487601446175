import { recordWriter } from './canonical.js';
import { combinations } from './combinations.js';
import type { Digit } from './combinations.js';
import type { Fact, Facts } from './stage-kinds/definition.js';
import type { PlannedStage, Role, RoleDefinition, StageKind, StageParams } from './stages.js';

/** The facts on which the trials of a sweep may differ, and their values. */
export type VaryingFacts = ReadonlyMap<Fact, readonly unknown[]>;

/** What the parts are made from. */
interface Sweep {
  roles: Readonly<Record<string, RoleDefinition>>;
  varying: VaryingFacts;
  textOf(value: unknown): string;
}

/** A role's params, and their canonical text. */
export interface Params {
  params: StageParams;
  text: string;
}

/** A role, and the stages named in it so far. */
export interface Part extends RoleDefinition {
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
  /** Its stages by id, and those of the other roles of its kind, which may name the same stage; undefined if the kind has no other role. */
  shared: Map<string, PlannedStage> | undefined;
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
function paramsReader({ varying, textOf }: Sweep, { uses, omitted = {} }: RoleDefinition): Part['read'] {
  const members = Object.entries(uses);
  const names = members.flatMap(([name, fact]) => (varying.has(fact) ? [name] : []));
  let write: ((params: Readonly<Record<string, unknown>>) => string) | undefined;
  return (facts) => {
    const params: Record<string, unknown> = {};
    for (const [name, fact] of members) params[name] = name in omitted && omitted[name] === facts[fact] ? undefined : facts[fact];
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

/** For each kind that has several roles, the stages that these share. */
function sharedStages(kinds: readonly StageKind[]): Map<StageKind, Map<string, PlannedStage>> {
  return new Map(kinds.filter((kind, index) => kinds.indexOf(kind) !== index).map((kind) => [kind, new Map()]));
}

/** The roles of a sweep, in their order. `textOf` is `canonical`, which may remember what it wrote. */
export function partsOf(sweep: Sweep): Part[] {
  const names = Object.keys(sweep.roles);
  const definitions = Object.values(sweep.roles);
  const shared = sharedStages(definitions.map(({ kind }) => kind));
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
    shared: shared.get(definition.kind),
  }));
}
