import { stageId } from './canonical.js';
import type { CellConfig, Seeds } from './cell-config.js';
import { codeVersions as currentVersions, inputsOf, stageKinds } from './stages.js';
import type { PlannedStage, StageKind, StageParams } from './stages.js';
import type { Spec } from './spec.js';
import { cellsOf } from './sweep.js';
import type { Cell } from './sweep.js';
import { workOf } from './work.js';

/** What decides a trial's result, by name. */
type Fact = keyof CellConfig | keyof Seeds;
type Facts = Pick<CellConfig & Seeds, Fact>;

/**
 * Which stage each fact is told to, and under which name. This table and `stageInputs` decide the whole plan: trials share
 * a stage exactly when they agree on the facts it uses and on the stages it reads.
 */
export const stageUses = {
  extractor: { extractor: 'extractor' },
  inputRange: { reference: 'inputRange', embed: 'inputRange' },
  dataset: { 'reference': 'dataset', 'train': 'dataset', 'noise-level': 'dataset' },
  schedule: { train: 'schedule' },
  noiseDistribution: { train: 'noiseDistribution' },
  inputScale: { 'train': 'inputScale', 'noise-level': 'inputScale' },
  dataRange: { 'train': 'dataRange', 'noise-level': 'dataRange' },
  sigmaData: { train: 'sigmaData' },
  parameterisation: { train: 'parameterisation' },
  lossWeight: { train: 'lossWeight' },
  normalisation: { train: 'normalisation' },
  conditioning: { train: 'conditioning' },
  network: { train: 'network' },
  learningRate: { train: 'learningRate' },
  images: { train: 'images' },
  batch: { train: 'batch' },
  emaHalfLifeImages: { train: 'emaHalfLifeImages' },
  trainSeed: { train: 'seed' },
  estimator: { 'noise-level': 'estimator' },
  sampler: { sample: 'sampler' },
  steps: { sample: 'steps' },
  grid: { sample: 'grid' },
  clampX0: { sample: 'clampX0' },
  noiseLevel: { sample: 'noiseLevel' },
  trajectory: { sample: 'trajectory' },
  samples: { sample: 'samples' },
  sampleSeed: { sample: 'seed' },
  metrics: { score: 'metrics' },
} as const satisfies Record<Fact, Partial<Record<StageKind, string>>>;

/** A trial's stages by role, which is their kind; a kind that its cell does not need is absent. */
export type StageIds = Partial<Record<StageKind, string>>;

/** A cell with a seed of each kind, and the stages its number comes from. */
export interface PlannedTrial extends Seeds {
  cellId: string;
  /** Role -> stage id: every stage its number comes from. */
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
  /** Overrides of the current code versions. */
  codeVersions?: Partial<Record<StageKind, number>>;
}

interface Telling {
  fact: Fact;
  /** The name the stage's params give it. */
  name: string;
}

const uses = Object.entries(stageUses) as [Fact, Partial<Record<StageKind, string>>][];

/** `stageUses` read the other way: what each kind is told. */
const told = new Map(stageKinds.map((kind) => [
  kind,
  uses.flatMap(([fact, { [kind]: name }]): Telling[] => (name === undefined ? [] : [{ fact, name }])),
]));

const tellings = (kind: StageKind): readonly Telling[] => told.get(kind) ?? [];

function paramsOf(kind: StageKind, facts: Facts): StageParams {
  return Object.fromEntries(tellings(kind).map(({ fact, name }) => [name, facts[fact]])) as StageParams;
}

/** Names the stages of one trial after another, and keeps each stage once. */
class StageCollection {
  readonly stages = new Map<string, PlannedStage>();
  private readonly numbers = new Map<unknown, number>();
  private readonly ids = new Map<string, string>();

  constructor(private readonly versions: Readonly<Record<StageKind, number>>) {}

  /** The id of the stage of this kind that a trial needs; its inputs are added before it. `known` are the trial's ids so far. */
  add(kind: StageKind, facts: Facts, known: StageIds): string {
    const inputs = inputsOf(kind, paramsOf(kind, facts)).map(([name, maker]) => [name, known[maker] ?? this.add(maker, facts, known)] as const);
    const key = [kind, ...tellings(kind).map(({ fact }) => this.numberOf(facts[fact])), ...inputs.map(([, id]) => id)].join(' ');
    const id = this.ids.get(key) ?? this.name(kind, facts, Object.fromEntries(inputs));
    this.ids.set(key, id);
    known[kind] = id;
    return id;
  }

  private name(kind: StageKind, facts: Facts, inputs: Readonly<Record<string, string>>): string {
    const params = paramsOf(kind, facts);
    const codeVersion = this.versions[kind];
    const id = stageId({ kind, codeVersion, params, inputs });
    if (!this.stages.has(id)) this.stages.set(id, { id, kind, codeVersion, params, inputs, work: workOf(kind, facts) });
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
export function planSweep(spec: Spec, { codeVersions = {} }: PlanOptions = {}): Plan {
  const cells = cellsOf(spec);
  const collection = new StageCollection({ ...currentVersions, ...codeVersions });
  const trials = cells.flatMap((cell) => spec.seeds.train.flatMap((trainSeed) => spec.seeds.sample.map((sampleSeed): PlannedTrial => {
    const facts = { ...cell.config, trainSeed, sampleSeed };
    const ids: StageIds = {};
    collection.add('score', facts, ids);
    return { cellId: cell.id, trainSeed, sampleSeed, stages: ids };
  })));
  return { cells, trials, stages: [...collection.stages.values()] };
}
