import { z } from 'zod';

/** Bounds of what noise levels are computed from: every level that these allow is a number that float32 holds, at which tensors compute. */

const positive = z.number().positive();

/** A sigma of a sweep file. */
export const sigmaSchema = positive.min(1e-30).max(1e30);

/** The smallest signal power that a schedule keeps, of [clipMin, 1]. */
export const clipMinSchema = positive.min(1e-30).max(0.1).default(1e-9);

/** betaD and betaMin of the variance-preserving process, where its levels themselves are used. */
export const vpProcess = { betaD: positive.min(1e-12).default(19.9), betaMin: positive.min(1e-12).default(0.1) };

/** ln(1 + sigma(1)^2) at which sigma(1), exp of half of it, is 2.8e38; float32 ends at 3.4e38. */
const mostLogVariance = 177;

/** Whether sigma(1) of a variance-preserving process is a float32; for a refinement with `vpTooNoisy`. */
export const endsFinite = ({ betaD, betaMin }: { betaD: number; betaMin: number }): boolean => betaD / 2 + betaMin <= mostLogVariance;
export const vpTooNoisy = { message: `betaD/2 + betaMin of at most ${mostLogVariance}, so that sigma(1) = sqrt(exp(betaD/2 + betaMin) - 1) is a float32` };

/** The discrete levels of iDDPM. With c1 of 1 or more the noise does not grow. */
export const iddpmLevels = { levels: z.int().min(2).max(100_000).default(1000), c1: positive.min(1e-12).lt(1).default(0.001), c2: positive.max(1e6).default(0.008) };
