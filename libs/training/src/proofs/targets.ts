import { guided } from '@elucidate/diffusion/guidance';
import type { Guidance } from '@elucidate/diffusion/guidance-interval';
import type { AnyDenoiser } from '@elucidate/diffusion/sampling-run';
import type { ProofCase } from './cases.js';
import type { Points } from './two-sample-test.js';

/** The denoiser of points with or without their classes, one class per point. */
export type DenoiserOf = (labels?: ArrayLike<number>) => AnyDenoiser;

/** One distribution that a case's samples are compared with. A case passes if all of its targets do. */
export interface Target {
  /** Of points and their classes jointly, or of points alone. */
  labelled: boolean;
  guidance?: Guidance | undefined;
}

/** The mixture; for a network that is given classes, points and classes jointly and, if it was trained with some classes dropped, the mixture too. */
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

/** Far enough apart for the kernel between two classes to be 0. */
const distance = 1000;

/** The points, with each class shifted to a region of its own: the kernel is then that of the points times whether the classes are the same. */
export function apart(points: Points, labels: ArrayLike<number>): Points {
  return points.map((value, i) => (i % 2 === 0 ? value + distance * labels[i / 2]! : value));
}
