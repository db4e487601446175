import { stageId } from './canonical.js';
import { codeVersions as currentVersions, stageInputs } from './stages.js';
import type { PlannedStage, StageKind, StageParams } from './stages.js';
import type { Spec } from './spec.js';
import { cellsOf } from './sweep.js';
import type { Cell, CellConfig } from './sweep.js';
import { workOf } from './work.js';

/** Everything that decides a trial's result. */
export interface TrialFacts extends CellConfig {
  /** The data set whatever its resolution: one extractor serves all. */
  datasetName: CellConfig['dataset']['name'];
  trainSeed: number;
  sampleSeed: number;
}

/**
 * Which stage each fact is told to, and under which name. This table and `stageInputs` decide the whole plan: trials share
 * a stage exactly when they agree on the facts it uses and on the stages it reads.
 */
export const stageUses = {
  datasetName: { extractor: 'dataset' },
  extractor: { extractor: 'extractor' },
  dataset: { reference: 'dataset', train: 'dataset' },
  schedule: { train: 'schedule' },
  inputScale: { train: 'inputScale' },
  parameterisation: { train: 'parameterisation' },
  normalisation: { train: 'normalisation' },
  conditioning: { train: 'conditioning' },
  network: { train: 'network' },
  learningRate: { train: 'learningRate' },
  images: { train: 'images' },
  batch: { train: 'batch' },
  emaHalfLifeImages: { train: 'emaHalfLifeImages' },
  trainSeed: { train: 'seed' },
  sampler: { sample: 'sampler' },
  steps: { sample: 'steps' },
  grid: { sample: 'grid' },
  clampX0: { sample: 'clampX0' },
  samples: { sample: 'samples' },
  sampleSeed: { sample: 'seed' },
  metrics: { score: 'metrics' },
} as const satisfies Record<keyof TrialFacts, Partial<Record<StageKind, string>>>;

/** A cell with a seed of each kind, and the stages its number comes from. */
export interface PlannedTrial {
  cellId: string;
  trainSeed: number;
  sampleSeed: number;
  /** Stage ids. */
  stages: { train: string; sample: string; embed: string; score: string };
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

const uses = Object.entries(stageUses) as [keyof TrialFacts, Partial<Record<StageKind, string>>][];

/** What a stage of this kind is told of a trial. */
function paramsOf(kind: StageKind, facts: TrialFacts): StageParams {
  return Object.fromEntries(uses.flatMap(([fact, told]) => (told[kind] === undefined ? [] : [[told[kind], facts[fact]]]))) as StageParams;
}

/** Names the stages of one trial after another, and keeps each stage once. */
class StageCollection {
  readonly stages = new Map<string, PlannedStage>();

  constructor(private readonly versions: Readonly<Record<StageKind, number>>) {}

  /** The id of the stage of this kind that a trial needs; its inputs are added before it. `known` holds the trial's stages so far. */
  add(kind: StageKind, facts: TrialFacts, known: Partial<Record<StageKind, string>>): string {
    const earlier = known[kind];
    if (earlier !== undefined) return earlier;
    const inputs = Object.fromEntries(Object.entries(stageInputs[kind]).map(([name, maker]: [string, StageKind]) => [name, this.add(maker, facts, known)]));
    const name = { kind, codeVersion: this.versions[kind], params: paramsOf(kind, facts), inputs };
    const id = stageId(name);
    if (!this.stages.has(id)) this.stages.set(id, { id, ...name, work: workOf(kind, facts) });
    known[kind] = id;
    return id;
  }
}

function factsOf({ config }: Cell, trainSeed: number, sampleSeed: number): TrialFacts {
  return { ...config, datasetName: config.dataset.name, trainSeed, sampleSeed };
}

/** Turns a sweep into the least work that answers it: each distinct stage once, inputs before what reads them. Pure. */
export function planSweep(spec: Spec, { codeVersions = {} }: PlanOptions = {}): Plan {
  const cells = cellsOf(spec);
  const collection = new StageCollection({ ...currentVersions, ...codeVersions });
  const trials = cells.flatMap((cell) => spec.seeds.train.flatMap((trainSeed) => spec.seeds.sample.map((sampleSeed): PlannedTrial => {
    const facts = factsOf(cell, trainSeed, sampleSeed);
    const known = {};
    const idOf = (kind: StageKind): string => collection.add(kind, facts, known);
    return { cellId: cell.id, trainSeed, sampleSeed, stages: { train: idOf('train'), sample: idOf('sample'), embed: idOf('embed'), score: idOf('score') } };
  })));
  return { cells, trials, stages: [...collection.stages.values()] };
}
