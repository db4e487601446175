import { z } from 'zod';
import { conditioningSchema, gridSchema, inputScaleSchema, networkSchema, networks, normalisationSchema, parameterisationSchema, samplerSchema, scheduleSchema, stepsSchema } from './design.js';
import type { NetworkSpec } from './design.js';

/** The names a network may be called by. */
export const networkNames = Object.keys(networks) as [keyof typeof networks, ...(keyof typeof networks)[]];

/** A network's name, or its shape; always resolves to the shape, so that a name is only ever a shorthand. */
export const networkChoiceSchema = z
  .union([z.enum(networkNames), networkSchema])
  .transform((network): NetworkSpec => (typeof network === 'string' ? networkSchema.parse(networks[network]) : network));

/** Adam's step size. */
export const learningRateSchema = z.number().positive().max(1);

/** Every parameter a sweep may vary, with the values it takes. */
export const parameterSchemas = {
  schedule: scheduleSchema,
  inputScale: inputScaleSchema,
  parameterisation: parameterisationSchema,
  normalisation: normalisationSchema,
  conditioning: conditioningSchema,
  network: networkChoiceSchema,
  learningRate: learningRateSchema,
  sampler: samplerSchema,
  steps: stepsSchema,
  grid: gridSchema,
  clampX0: z.boolean(),
} as const;

export type ParameterName = keyof typeof parameterSchemas;
export type ParameterValues = { [P in ParameterName]: z.output<(typeof parameterSchemas)[P]> };

export const parameterNames = Object.keys(parameterSchemas) as ParameterName[];

/** What an absent parameter is. `network` and `learningRate` come from the spec's `train` block. */
export function defaultParameters(train: Pick<ParameterValues, 'network' | 'learningRate'>): ParameterValues {
  return {
    schedule: scheduleSchema.parse({ kind: 'cosine' }),
    inputScale: 1,
    parameterisation: 'eps',
    normalisation: 'analytic',
    conditioning: 't',
    network: train.network,
    learningRate: train.learningRate,
    sampler: samplerSchema.parse({ kind: 'ddim' }),
    steps: 20,
    grid: gridSchema.parse({ kind: 'uniform-t' }),
    clampX0: true,
  };
}
