import { z } from 'zod';

/** How the numbers of an axis are drawn. Both ends are included. */
export const distributionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('uniform'), min: z.number(), max: z.number() }),
  z.strictObject({ kind: z.literal('log-uniform'), min: z.number().positive(), max: z.number().positive() }),
  z.strictObject({ kind: z.literal('integers'), min: z.int(), max: z.int() }),
]);
export type Distribution = z.output<typeof distributionSchema>;

/** Cells that a sweep may draw. */
export const mostDrawn = 10_000;

const drawnShape = {
  cells: z.int().min(1).max(mostDrawn),
  seed: z.int().min(0).max(2 ** 31 - 1).default(1),
};

/** What was drawn, in a sweep whose cells are listed by that: a record, not drawn again. */
const drawnSchema = z.strictObject({ ...drawnShape, distributions: z.record(z.string(), distributionSchema).optional(), where: z.string().optional() });

/** Which combinations of values are cells. */
export const methodSchema = z.discriminatedUnion('kind', [
  /** Every combination of the axes. */
  z.strictObject({ kind: z.literal('grid') }),
  /** Combinations drawn at random, each axis by itself. */
  z.strictObject({ kind: z.literal('random'), ...drawnShape }),
  /** Only what `include` lists. */
  z.strictObject({ kind: z.literal('list'), drawn: drawnSchema.optional() }),
]);
export type Method = z.output<typeof methodSchema>;
export type RandomMethod = Extract<Method, { kind: 'random' }>;
export type ListMethod = Extract<Method, { kind: 'list' }>;
