import { canonical } from './canonical.js';
import { leavesOf, type Scalar } from './raw-columns.js';
import type { PlannedStage, StageKind, StageState } from './stages.js';

/** A stage that has been done. */
export interface ExistingStage {
  id: string;
  kind: StageKind;
  codeVersion: number;
  params: Readonly<Record<string, unknown>>;
  /** Name of the input -> stage id. */
  inputs: Readonly<Record<string, string>>;
}

/** Where stages differ from the nearest that exist: "code version", a value inside a param such as "schedule.tau", or "input extractor". */
export interface Difference {
  path: string;
  /** The values of the nearest, at most five; null: it has none. */
  from: Scalar[];
  /** The values of the stages that run, at most five. */
  to: Scalar[];
  /** There are more values than these. */
  more: boolean;
}

/** Stages of one kind that run for the same reason. */
export interface WhyGroup {
  kind: StageKind;
  stages: number;
  /** `input`: they read stages that run themselves; `unfinished`: the same stages are there, and not done; `differs`: from the nearest that is done; `first`: none of the kind is done; `unlooked`: there are too many to compare each. */
  why: 'input' | 'unfinished' | 'differs' | 'first' | 'unlooked';
  /** With `input`: the names of these inputs. */
  inputs?: string[];
  /** With `unfinished`. */
  state?: StageState;
  /** With `differs`. */
  differences?: Difference[];
  /** The first of them, and with `differs` the stage that is nearest to it. */
  example: { stage: string; nearest?: string };
}

/** Stages of a kind that are compared one by one. */
export const comparedAtMost = 200;

export interface Why {
  /** Those whose reason needs no look at what exists. */
  groups: WhyGroup[];
  /** The others. */
  compare: PlannedStage[];
}

/** Sorts the stages of a plan that are not done: a stage one of whose inputs runs, runs; the others are to be compared with what exists. */
export function whyOf(stages: readonly PlannedStage[], done: ReadonlySet<string>): Why {
  const groups = new Map<string, WhyGroup>();
  const compare: PlannedStage[] = [];
  const compared: Partial<Record<StageKind, number>> = {};
  const count = ({ id, kind }: PlannedStage, of: Pick<WhyGroup, 'why' | 'inputs'>): void => {
    const key = `${kind} ${of.why} ${(of.inputs ?? []).join()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kind, stages: 1, ...of, example: { stage: id } });
    else group.stages += 1;
  };
  for (const stage of stages) {
    if (done.has(stage.id)) continue;
    const inputs = Object.keys(stage.inputs).filter((name) => !done.has(stage.inputs[name]!));
    if (inputs.length > 0) count(stage, { why: 'input', inputs });
    else if ((compared[stage.kind] ??= 0) >= comparedAtMost) count(stage, { why: 'unlooked' });
    else {
      compared[stage.kind]! += 1;
      compare.push(stage);
    }
  }
  return { groups: [...groups.values()], compare };
}

type Facts = ReadonlyMap<string, Scalar>;

/** The values inside a stage by path, in the order in which differences are named. */
function factsOf({ codeVersion, params, inputs }: Pick<PlannedStage, 'codeVersion' | 'inputs'> & { params: object }): Facts {
  const leaves = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([key, value]) => [...leavesOf(key, value)]);
  return new Map<string, Scalar>([['code version', codeVersion], ...leaves, ...Object.keys(inputs).sort().map((name): [string, Scalar] => [`input ${name}`, inputs[name]!])]);
}

const differing = (a: Facts, b: Facts): string[] => [...new Set([...a.keys(), ...b.keys()])].filter((path) => (a.get(path) ?? null) !== (b.get(path) ?? null));

/** What is known about what exists, for the stages to compare. */
export interface Known {
  /** Those that are there under their own name, and not done. */
  unfinished: ReadonlyMap<string, StageState>;
  /** Done stages near a stage, by its id; of kinds that read nothing, those of the kind. */
  near: (stage: PlannedStage) => readonly ExistingStage[];
}

/** How many values differ; some number of at least `limit` if it is that many. */
function distance(a: Facts, b: Facts, limit: number): number {
  let count = 0;
  for (const [path, value] of a) if ((b.get(path) ?? null) !== (value ?? null) && ++count >= limit) return count;
  for (const [path, value] of b) if (!a.has(path) && (value ?? null) !== null && ++count >= limit) return count;
  return count;
}

interface Compared {
  stage: PlannedStage;
  nearest: ExistingStage;
  paths: string[];
}

function nearestOf(stage: PlannedStage, near: readonly ExistingStage[], factsBy: (one: ExistingStage) => Facts): Compared | undefined {
  const facts = factsOf(stage);
  let [nearest, least]: [ExistingStage | undefined, number] = [undefined, Infinity];
  for (const one of near) {
    const apart = distance(facts, factsBy(one), least);
    if (apart < least) [nearest, least] = [one, apart];
  }
  return nearest === undefined ? undefined : { stage, nearest, paths: differing(factsBy(nearest), facts) };
}

const mostValues = 5;

function differencesOf(group: readonly Compared[], factsBy: (one: ExistingStage) => Facts): Difference[] {
  const distinct = (path: string, of: (one: Compared) => Facts): Scalar[] => [...new Set(group.map((one) => of(one).get(path) ?? null))];
  return group[0]!.paths.map((path) => {
    const [from, to] = [distinct(path, ({ nearest }) => factsBy(nearest)), distinct(path, ({ stage }) => factsOf(stage))];
    return { path, from: from.slice(0, mostValues), to: to.slice(0, mostValues), more: from.length > mostValues || to.length > mostValues };
  });
}

/** Compares each stage with the nearest that exists, the one that differs in the fewest values, and groups them by where they differ. */
export function compareStages(compare: readonly PlannedStage[], { unfinished, near }: Known): WhyGroup[] {
  const facts = new Map<ExistingStage, Facts>();
  const factsBy = (one: ExistingStage): Facts => facts.get(one) ?? facts.set(one, factsOf(one)).get(one)!;
  const groups = new Map<string, { group: WhyGroup; compared: Compared[] }>();
  for (const stage of compare) {
    const { id, kind } = stage;
    const state = unfinished.get(id);
    const found = state === undefined ? nearestOf(stage, near(stage), factsBy) : undefined;
    const why = state !== undefined ? 'unfinished' : found === undefined ? 'first' : 'differs';
    const key = canonical([kind, why, state ?? null, found?.paths ?? null]);
    const known = groups.get(key) ?? { group: { kind, stages: 0, why, ...(state !== undefined && { state }), example: { stage: id, ...(found && { nearest: found.nearest.id }) } }, compared: [] };
    known.group.stages += 1;
    if (found !== undefined) known.compared.push(found);
    groups.set(key, known);
  }
  return Array.from(groups.values(), ({ group, compared }) => (compared.length === 0 ? group : { ...group, differences: differencesOf(compared, factsBy) }));
}
