import { z } from 'zod';
import { datasetSchema } from './dataset-grammar.js';
import { dataRangeSchema, estimatorSchema, networkChoiceSchema, seedSchema } from './design.js';
import { distributionSchema, methodSchema } from './method-grammar.js';
import { metricRequestSchema } from './metric-requests.js';
import { defaultRecipe, learningRateSchema, parameterSchemas } from './parameters.js';
import type { ParameterName } from './parameters.js';
import { presetSchema } from './presets.js';
import { programSchema } from './program-grammar.js';
import { emaRampSchema, emaSnapshotsSchema } from './recipe-grammar.js';

/** A parameter as written: one `value`, a list of `values` to vary, or a `distribution` to draw numbers from. */
function axisSchema<S extends z.ZodType>(schema: S) {
  return z
    .strictObject({ value: schema.optional(), values: z.array(schema).min(1).optional(), distribution: distributionSchema.optional() })
    .refine((axis) => Object.values(axis).filter((written) => written !== undefined).length === 1, { message: 'either `value` with one value, `values` with a list or, with the method random, `distribution`' })
    .meta({ minProperties: 1, maxProperties: 1 })
    .optional();
}

type AxisSchema<S extends z.ZodType> = ReturnType<typeof axisSchema<S>>;
type AxisSchemas = { [P in ParameterName]: AxisSchema<(typeof parameterSchemas)[P]> };

const parametersSchema = z.strictObject(Object.fromEntries(Object.entries(parameterSchemas).map(([name, schema]) => [name, axisSchema(schema)])) as unknown as AxisSchemas);

const nonEmpty = [(config: object) => Object.keys(config).length > 0, { message: 'at least one parameter', when: ({ issues }: z.core.ParsePayload) => issues.length === 0 }] as const;

/** Some parameters with a value each: what `exclude` lists. */
const partialConfigSchema = z.strictObject(parameterSchemas).partial().refine(...nonEmpty);

/** The same, and presets: what `include` lists. */
const includeSchema = z.strictObject({ ...parameterSchemas, preset: presetSchema }).partial().refine(...nonEmpty);

const seedsSchema = z.array(seedSchema).min(1).max(1000);

/** More seeds for some cells, each named by values that it has. */
const repeatSchema = z.strictObject({
  cells: z.array(partialConfigSchema).min(1).max(10_000),
  train: z.array(seedSchema).max(1000).default([]),
  sample: z.array(seedSchema).max(1000).default([]),
}).refine(({ train, sample }) => train.length + sample.length > 0, { message: 'train or sample, the seeds that these cells have besides those of the sweep' });

const trainSchema = z.strictObject({
  network: networkChoiceSchema.prefault('small'),
  /** Total images seen, counted with repetition; 0 leaves the network as initialised. */
  images: z.int().min(0).max(1e9).default(600_000),
  batch: z.int().min(1).max(4096).default(128),
  learningRate: learningRateSchema.default(1e-3),
  learningRatePlan: parameterSchemas.learningRatePlan.default(defaultRecipe.learningRatePlan),
  optimiser: parameterSchemas.optimiser.default(defaultRecipe.optimiser),
  gradientClip: parameterSchemas.gradientClip.default(defaultRecipe.gradientClip),
  dropout: parameterSchemas.dropout.default(defaultRecipe.dropout),
  augmentation: parameterSchemas.augmentation.default(defaultRecipe.augmentation),
  /** Default: a twentieth of `images`, at least one batch. */
  emaHalfLifeImages: z.number().positive().optional(),
  emaRamp: emaRampSchema.default(0.05),
  emaSnapshots: emaSnapshotsSchema,
});

/** Absent: standard for fashion-mnist, trained for mnist, random for a folder, identity for synthetic data. */
const extractorSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('standard') }),
  z.strictObject({ kind: z.literal('trained'), dataset: z.enum(['fashion-mnist', 'mnist']).optional(), seed: seedSchema.default(1), epochs: z.int().min(1).max(100).default(5) }),
  z.strictObject({ kind: z.literal('random'), seed: seedSchema.default(1) }),
  z.strictObject({ kind: z.literal('identity') }),
  programSchema,
]).optional();

const evaluateSchema = z.strictObject({
  /** Images generated per trial. */
  samples: z.int().min(8).max(50_000).default(2048),
  /** By name, or with `n` and parameters of its own: { kind: fid, n: 256 }. */
  metrics: z.array(metricRequestSchema).min(1).max(100).default(['fid', 'kid']),
  extractor: extractorSchema,
  /** The extractor sees pixels in [-inputRange, inputRange]; 0.5 is the fast.ai lesson's evaluator before its author's fix. */
  inputRange: dataRangeSchema.default(1),
  /** Score x0-hat at every sampling step too. */
  trajectory: z.boolean().default(false),
});

/** The network that estimates a noised image's level, trained where a cell's noiseLevel is predicted. */
const noiseLevelEstimatorSchema = z.strictObject({
  channels: estimatorSchema.shape.channels.default([16, 32, 64, 128]),
  groups: estimatorSchema.shape.groups.default(4),
  images: z.int().min(0).max(1e9).default(300_000),
  batch: z.int().min(1).max(4096).default(128),
  learningRate: learningRateSchema.default(1e-3),
  seed: seedSchema.default(1),
});

const stopped = z.array(partialConfigSchema).max(10_000);

/** A race: over train seeds, or over ever longer training. `looks` and `over` are its record, which the fleet keeps. */
const raceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('seeds').optional(),
    /** Train seeds that every cell has before the first look. */
    first: z.int().min(2).max(1000).default(3),
    /** The chance that the truly best cell is stopped, at most. */
    level: z.number().min(1e-6).max(0.5).default(0.05),
    looks: z.array(z.strictObject({ seeds: z.int(), left: z.int(), stopped, spent: z.number().optional() })).max(1000).default([]),
    over: z.boolean().default(false),
  }),
  /** Successive halving (Jamieson and Talwalkar 2016). */
  z.strictObject({
    kind: z.literal('halving'),
    /** Images of the shortest training, which every cell has. */
    first: z.int().min(1).max(1e9),
    /** Each training is so many times as long as the one before, and one cell in so many gets it. */
    factor: z.int().min(2).max(64).default(2),
    looks: z.array(z.strictObject({ images: z.int(), left: z.int(), stopped, order: stopped, undecided: z.int(), agreement: z.number().nullable() })).max(64).default([]),
    over: z.boolean().default(false),
  }),
]);

/** Hours of slots, by the ledger of the sweep, or on the clock since it was submitted. */
const budgetSchema = z.strictObject({
  deviceHours: z.number().positive().max(1e7).optional(),
  wallHours: z.number().positive().max(1e6).optional(),
}).refine((budget) => Object.values(budget).some((hours) => hours !== undefined), { message: 'deviceHours or wallHours' });

/** The grammar of a sweep file: what may be written. Defaults are filled in by parseSpec. */
export const specSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  description: z.string().max(10_000).optional(),
  /** Which of `profiles` to use; absent: the file as written. */
  profile: z.string().min(1).max(100).optional(),
  /** Variants of this sweep, by name: what each changes. Applied before any validation. */
  profiles: z.record(z.string().min(1).max(100), z.looseObject({})).optional(),
  /** What the command line changed in it, "train.images=20000": a record, not applied again. */
  overrides: z.array(z.string().min(1).max(10_000)).max(100).optional(),
  dataset: datasetSchema,
  /** Which combinations are cells; absent: the grid. */
  method: methodSchema.optional(),
  /** Columns of EDM's Table 1, for parameters that are not written out. */
  preset: presetSchema.optional(),
  parameters: parametersSchema.prefault({}),
  /** CEL over a cell's parameters; cells for which it is false are dropped. */
  where: z.string().min(1).max(2000).optional(),
  /** Cells added to the grid; a parameter not named takes each of its values. */
  include: z.array(includeSchema).max(10_000).default([]),
  /** Cells of the grid that match one of these are dropped. */
  exclude: z.array(partialConfigSchema).max(10_000).default([]),
  seeds: z.strictObject({ train: seedsSchema.default([1]), sample: seedsSchema.default([1]) }).prefault({}),
  /** Train seeds, or longer training, are given bit by bit, and no more to cells that are behind. */
  race: raceSchema.optional(),
  /** What it may spend before nothing more of it starts. */
  budget: budgetSchema.optional(),
  /** More seeds for some cells. */
  repeats: z.array(repeatSchema).max(1000).optional(),
  train: trainSchema.prefault({}),
  noiseLevelEstimator: noiseLevelEstimatorSchema.prefault({}),
  evaluate: evaluateSchema.prefault({}),
});

/** A sweep file that matches the grammar, before defaults that depend on other keys are filled in. */
export type WrittenSpec = z.output<typeof specSchema>;
