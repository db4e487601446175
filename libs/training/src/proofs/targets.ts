import { guided } from '@elucidate/diffusion/guidance';
import type { Guidance } from '@elucidate/diffusion/guidance-interval';
import type { AnyDenoiser } from '@elucidate/diffusion/sampling-run';
import type { ProofCase } from './cases.js';
import type { Points } from './two-sample-test.js';

/** The denoiser of points whose classes are given, one a point, or not. */
export type DenoiserOf = (labels?: ArrayLike<number>) => AnyDenoiser;

/** One distribution that a case's samples are compared with. A case passes where all of its targets do. */
export interface Target {
  /** Of points and their classes together, or of points alone. */
  labelled: boolean;
  guidance?: Guidance | undefined;
}

/** The mixture; of a network that is given classes, points and classes together, and, where it was trained without some, the mixture too. */
export function targetsOf({ design: { classCondition }, guidance }: ProofCase): Target[] {
  if (classCondition.kind === 'none') return [{ labelled: false }];
  if (guidance !== undefined || classCondition.labelDropout === 0) return [{ labelled: true, guidance }];
  return [{ labelled: true }, { labelled: false }];
}

/** The denoiser whose samples have a target's distribution. */
export function denoiserFor({ labelled, guidance }: Target, of: DenoiserOf, labels: ArrayLike<number>): AnyDenoiser {
  const denoiser = of(labelled ? labels : undefined);
  return guidance === undefined ? denoiser : guided({ denoiser, guide: of() }, guidance);
}

/** Far enough for the kernel between two classes to be 0. */
const distance = 1000;

/** The points, those of each class in a place of their own: then the kernel is that of the point times whether the class is the same. */
export function apart(points: Points, labels: ArrayLike<number>): Points {
  return points.map((value, i) => (i % 2 === 0 ? value + distance * labels[i / 2]! : value));
}
