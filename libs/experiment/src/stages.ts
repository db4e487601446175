import { z } from 'zod';
import { datasetSchema } from './dataset-grammar.js';
import { conditioningSchema, dataRangeSchema, inputScaleSchema, lossWeightSchema, networkSchema, noiseDistributionSchema, normalisationSchema, parameterisationSchema, sigmaDataSchema } from './design.js';
import { clampX0Schema, gridSchema, noiseLevelSchema, samplerSchema, stepsSchema } from './sampling-grammar.js';
import { scheduleSchema } from './schedule-grammar.js';

/** The kinds of work; see docs/glossary.md. A kind's params, and nothing else, decide its result. */
export const stageKinds = ['extractor', 'reference', 'train', 'noise-level', 'sample', 'embed', 'score'] as const;
export type StageKind = (typeof stageKinds)[number];

const seed = z.int().min(0).max(2 ** 31 - 1);

/** The network that estimates a noised image's level, and how long it is trained. Images are counted with repetition. */
export const estimatorSchema = z.strictObject({
  channels: z.array(z.int().min(4).max(1024).multipleOf(4)).min(1).max(6),
  groups: z.int().min(1).max(32),
  images: z.int().min(0),
  batch: z.int().min(1),
  learningRate: z.number().positive(),
  seed,
});

/** What each kind of stage is told. Inputs (other stages' outputs) come beside these, by name. */
export const stageParams = {
  /** inputs: none. outputs: weights (safetensors). */
  extractor: z.strictObject({ extractor: z.discriminatedUnion('kind', [
    /** The one that ships with the project. `weights` is the sha256 of its safetensors file. */
    z.strictObject({ kind: z.literal('standard'), weights: z.string() }),
    /** The standard classifier, trained on a labelled data set by the committed recipe. */
    z.strictObject({ kind: z.literal('trained'), dataset: z.enum(['fashion-mnist', 'mnist']), seed, epochs: z.int().min(1).max(100) }),
    /** A convolutional network as initialised. */
    z.strictObject({ kind: z.literal('random'), seed, channels: z.union([z.literal(1), z.literal(3)]) }),
    /** The pixels themselves. */
    z.strictObject({ kind: z.literal('identity') }),
  ]) }),
  /** inputs: extractor. outputs: features (float32 safetensors of the test split and of as many train images), statistics. */
  reference: z.strictObject({ dataset: datasetSchema, inputRange: dataRangeSchema }),
  /** inputs: none. outputs: weights (safetensors, raw and EMA), losses (JSON), previews (PNG). */
  train: z.strictObject({
    dataset: datasetSchema,
    schedule: scheduleSchema,
    noiseDistribution: noiseDistributionSchema,
    inputScale: inputScaleSchema,
    dataRange: dataRangeSchema,
    sigmaData: sigmaDataSchema,
    parameterisation: parameterisationSchema,
    lossWeight: lossWeightSchema,
    normalisation: normalisationSchema,
    conditioning: conditioningSchema,
    network: networkSchema,
    /** Images seen in all, counted with repetition. 0 leaves the network as initialised. */
    images: z.int().min(0),
    batch: z.int().min(1),
    learningRate: z.number().positive(),
    /** EMA half-life, in images. */
    emaHalfLifeImages: z.number().positive(),
    seed,
  }),
  /** inputs: none. outputs: weights (safetensors), losses (JSON). The network that predicts logit(gamma) from a noised image. */
  'noise-level': z.strictObject({
    dataset: datasetSchema,
    inputScale: inputScaleSchema,
    dataRange: dataRangeSchema,
    estimator: estimatorSchema,
  }),
  /** inputs: train, noiseLevel where the level is predicted. outputs: images ([n,h,w,c] uint8, float32 for synthetic data; x0-hat of each step on demand), grid (PNG). */
  sample: z.strictObject({ sampler: samplerSchema, steps: stepsSchema, grid: gridSchema, clampX0: clampX0Schema, noiseLevel: noiseLevelSchema, samples: z.int().min(1), trajectory: z.boolean(), seed }),
  /** inputs: sample, extractor. outputs: features (float32 safetensors [n,d]). */
  embed: z.strictObject({ inputRange: dataRangeSchema }),
  /** inputs: embed, reference. outputs: none; its metrics are rows. */
  score: z.strictObject({ metrics: z.array(z.enum(['fid', 'kid'])).min(1) }),
} as const satisfies Record<StageKind, z.ZodType>;
export type StageParams<K extends StageKind = StageKind> = z.infer<(typeof stageParams)[K]>;

/** Bump a kind's version in the commit that changes its results. */
export const codeVersions: Readonly<Record<StageKind, number>> = { 'extractor': 2, 'reference': 1, 'train': 1, 'noise-level': 1, 'sample': 1, 'embed': 1, 'score': 1 };

/** The inputs of each kind: name -> the kind that makes it. */
export const stageInputs = {
  'extractor': {},
  'reference': { extractor: 'extractor' },
  'train': {},
  'noise-level': {},
  'sample': { train: 'train', noiseLevel: 'noise-level' },
  'embed': { sample: 'sample', extractor: 'extractor' },
  'score': { embed: 'embed', reference: 'reference' },
} as const satisfies Record<StageKind, Readonly<Record<string, StageKind>>>;

/** The inputs that a stage with these params reads: all of its kind's, but the noise-level estimator only where the level is predicted. */
export function inputsOf<K extends StageKind>(kind: K, params: StageParams<K>): [name: string, maker: StageKind][] {
  const inputs = Object.entries(stageInputs[kind]) as [string, StageKind][];
  const blind = 'noiseLevel' in params && params.noiseLevel.kind === 'predicted';
  return inputs.filter(([name]) => name !== 'noiseLevel' || blind);
}

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
