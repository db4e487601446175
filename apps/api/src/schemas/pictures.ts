import type { ParallelPlot } from '@elucidate/experiment/parallel';
import type { Pareto } from '@elucidate/experiment/pareto';
import type { SizePlot } from '@elucidate/experiment/size-plot';
import type { TrajectoryPlot } from '@elucidate/experiment/trajectory-plot';
import type { LossPlot } from '@elucidate/report/sweep-losses';
import type { StageGraph } from '@elucidate/experiment/stage-graph';
import { mostGraphed } from '@elucidate/experiment/stage-graph';
import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { z } from 'zod';
import { basisSchema, plotAxisSchema, workSchema } from './results.js';
import { confidenceSchema, standingSchema } from './standings.js';

/** The Pareto front of a metric and its cost. */
export const paretoSchema: z.ZodType<Pareto> = z.object({
  sweepId: z.string(), sweepName: z.string(), metric: z.string(), by: z.string(), title: z.string(),
  points: z.array(z.object({
    cell: z.string(),
    labels: z.record(z.string(), z.string()).describe('Of what the sweep varies.'),
    work: z.number().describe('What it costs: the mean over its trials where that is measured.'),
    workRange: z.object({ low: z.number(), high: z.number() }).nullable().describe('Lowest and highest over its trials; null for NFE.'),
    mean: z.number(),
    confidence: confidenceSchema,
    onFront: z.boolean().describe('No other that costs no more has a better mean.'),
    standing: standingSchema.describe('To the best of its budget, by paired differences with Holm\'s correction for all of that budget.'),
  })).describe('Configurations that have all their trials, the cheapest first.'),
  budgets: z.array(z.object({
    from: z.number(),
    to: z.number().nullable().describe('null: without an end.'),
    best: z.int().describe('Place in `points` of the best for every budget from `from` up to below `to`.'),
    among: z.int().describe('Configurations that cost less than `to`.'),
    tied: z.array(z.int()).describe('Places of the others of these that cannot be told apart from it.'),
  })),
  left: z.object({ incomplete: z.int(), unmeasured: z.int() }).describe('Configurations that are not among the points: of the whole sweep those without all their trials of this evaluator and n; those of which the cost was not measured on this device.'),
  basis: basisSchema.nullable(),
  work: workSchema.nullable().describe('On which device the cost was measured; null for NFE.'),
  fixed: z.record(z.string(), z.string()),
}).meta({ id: 'Pareto' });

/** The losses of a sweep's training runs. */
export const lossPlotSchema: z.ZodType<LossPlot> = z.object({
  sweepId: z.string(), sweepName: z.string(),
  runs: z.array(z.object({
    stageId: z.string(), label: z.string(),
    facet: z.string().nullable().describe('The panel of its picture.'),
    points: z.array(z.tuple([z.number(), z.number()])).describe('Images seen, and the mean loss of the steps around there: at most 200.'),
  })),
  done: z.int().describe('Training runs that are done; of more than 64 the first are read.'),
}).meta({ id: 'Losses' });

/** Metrics along the sampling trajectories. */
export const trajectoryListSchema: z.ZodType<{ trajectories: TrajectoryPlot[] }> = z.object({
  trajectories: z.array(z.object({
    sweepId: z.string(), sweepName: z.string(), metric: z.string(),
    lines: z.array(z.object({ cell: z.string(), label: z.string(), points: z.array(z.object({ sigma: z.number(), mean: z.number(), confidence: confidenceSchema })) })),
    incomparable: z.int().describe('Configurations with scores of another evaluator or n.'),
    cut: z.boolean().describe('Only the first 200 configurations of the sweep were read.'),
    configurations: z.int().describe('Of the sweep.'),
    basis: basisSchema.nullable(),
  })),
}).meta({ id: 'Trajectories' });

/** A metric against the number of images. */
export const sizePlotSchema: z.ZodType<SizePlot> = z.object({
  sweepId: z.string(), sweepName: z.string(), metric: z.string(),
  lines: z.array(z.object({
    cell: z.string(), label: z.string(),
    points: z.array(z.object({
      n: z.int().nullable().describe('Images that it is computed from; null: extrapolated to infinitely many.'),
      mean: z.number(),
      interval: z.object({ low: z.number(), high: z.number() }).nullable(),
      over: z.enum(['seeds', 'images']).nullable().describe('What the interval is over: new seeds, or, of one trial, new images of it.'),
      trials: z.int(),
      parts: z.boolean().describe('It is the mean of disjoint parts of the images.'),
    })),
    expectedBias: z.number().nullable().describe('What theory expects FID of all images to be too high by, for Gaussian features.'),
  })).describe('Best first.'),
  real: z.array(z.object({ n: z.int(), value: z.number() })).describe('Real images in place of generated ones.'),
  among: z.int().describe('Configurations ranked.'),
  basis: basisSchema.nullable(),
}).meta({ id: 'Sizes' });
/** A sweep's configurations in parallel coordinates. */
export const parallelSchema: z.ZodType<ParallelPlot> = z.object({
  sweepId: z.string(), sweepName: z.string(),
  axes: z.array(plotAxisSchema).describe('Of the parameters that vary.'),
  measures: z.array(z.object({
    name: z.string().describe('`nfe`, or the key of a metric.'),
    title: z.string(),
    quantiles: z.array(z.number()).describe('The smallest, 20 at equal shares of the configurations, the last of which is the largest; of all, not only of those kept.'),
    evaluator: z.string().nullable(), n: z.int().nullable(), real: z.number().nullable().describe('Real-data baseline of the metric.'),
  })),
  lines: z.array(z.object({
    cell: z.string().describe('The first 12 digits of the configuration\'s id.'),
    places: z.array(z.int()).describe('On each axis, the place of its value among the axis\' values; -1: none.'),
    measures: z.array(z.number().nullable()),
  })).describe('Best first, by the first metric.'),
  configurations: z.object({ all: z.int(), kept: z.int().describe('Of these with a score of the first metric, what `keep` and `within` leave.'), drawn: z.int().describe('Of those the lines here: all, or half the best and half evenly from the others.') }),
  basis: basisSchema.nullable(),
}).meta({ id: 'Parallel' });

/** The stages of a sweep as a graph. */
export const stageGraphSchema: z.ZodType<StageGraph> = z.object({
  sweepId: z.string(), sweepName: z.string(), trials: z.int(),
  guided: z.int().describe('Trials that a second network of their own guides.'),
  kinds: z.array(z.object({
    kind: z.enum(stageKinds), states: z.partialRecord(z.enum(stageStates), z.int()), reused: z.int().describe('Stages that were done before the sweep was submitted.'),
    reads: z.array(z.enum(stageKinds)),
  })),
  stages: z.array(z.object({ id: z.string(), kind: z.enum(stageKinds), state: z.enum(stageStates), reused: z.boolean(), trials: z.int().describe('Trials of the sweep that it serves.'), inputs: z.array(z.string()) })).nullable()
    .describe(`One by one, in the order of the plan; null for more than ${mostGraphed}.`),
}).meta({ id: 'StageGraph' });
