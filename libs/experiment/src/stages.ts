import { z } from 'zod';
import { conditioningSchema, datasetSchema, gridSchema, inputScaleSchema, networkSchema, normalisationSchema, parameterisationSchema, samplerSchema, scheduleSchema, stepsSchema } from './design.js';

/** The kinds of work; see docs/glossary.md. A kind's params, and nothing else, decide its result. */
export const stageKinds = ['extractor', 'reference', 'train', 'sample', 'embed', 'score'] as const;
export type StageKind = (typeof stageKinds)[number];

const seed = z.int().min(0).max(2 ** 31 - 1);

/** What each kind of stage is told. Inputs (other stages' outputs) come beside these, by name. */
export const stageParams = {
  /** inputs: none. outputs: weights (safetensors). */
  extractor: z.strictObject({ dataset: z.literal('fashion-mnist'), extractor: z.discriminatedUnion('kind', [
    /** The one that ships with the project. `weights` is the sha256 of its safetensors file. */
    z.strictObject({ kind: z.literal('standard'), weights: z.string() }),
    /** Trained here by the committed recipe. */
    z.strictObject({ kind: z.literal('trained'), seed, epochs: z.int().min(1).max(100) }),
  ]) }),
  /** inputs: extractor. outputs: features (float32 safetensors of the test split and of as many train images), statistics. */
  reference: z.strictObject({ dataset: datasetSchema }),
  /** inputs: none. outputs: weights (safetensors, raw and EMA), losses (JSON), previews (PNG). */
  train: z.strictObject({
    dataset: datasetSchema,
    schedule: scheduleSchema,
    inputScale: inputScaleSchema,
    parameterisation: parameterisationSchema,
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
  /** inputs: train. outputs: images (uint8 safetensors [n,h,w,c]), grid (PNG). */
  sample: z.strictObject({ sampler: samplerSchema, steps: stepsSchema, grid: gridSchema, clampX0: z.boolean(), samples: z.int().min(1), seed }),
  /** inputs: sample, extractor. outputs: features (float32 safetensors [n,d]). */
  embed: z.strictObject({}),
  /** inputs: embed, reference. outputs: none; its metrics are rows. */
  score: z.strictObject({ metrics: z.array(z.enum(['fid', 'kid'])).min(1) }),
} as const satisfies Record<StageKind, z.ZodType>;
export type StageParams<K extends StageKind = StageKind> = z.infer<(typeof stageParams)[K]>;

/** Bump a kind's version in the commit that changes its results. */
export const codeVersions: Readonly<Record<StageKind, number>> = { extractor: 1, reference: 1, train: 1, sample: 1, embed: 1, score: 1 };

/** The inputs each kind needs: name -> the kind that makes it. */
export const stageInputs = {
  extractor: {},
  reference: { extractor: 'extractor' },
  train: {},
  sample: { train: 'train' },
  embed: { sample: 'sample', extractor: 'extractor' },
  score: { embed: 'embed', reference: 'reference' },
} as const satisfies Record<StageKind, Readonly<Record<string, StageKind>>>;

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
