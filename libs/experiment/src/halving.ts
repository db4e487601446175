import type { CellConfig } from './cell-config.js';
import { isExact, isProgram } from './design.js';
import type { ParameterName } from './parameters.js';
import type { LearningRatePlan } from './recipe-grammar.js';
import type { Halving, Spec } from './spec.js';
import { stoppedBy } from './stopped.js';

type Values = Readonly<Partial<Record<ParameterName, unknown>>>;

/** The successive halving of a sweep; undefined for one without. */
export const halvingOf = ({ race }: Pick<Spec, 'race'>): Halving | undefined => (race?.kind === 'halving' ? race : undefined);

/** Images of the training runs of a sweep, ascending: with halving first, first x factor, first x factor^2 ... and `train.images`; else that alone. */
export function lengthsOf(spec: Pick<Spec, 'race' | 'train'>): number[] {
  const [halving, { images: last }] = [halvingOf(spec), spec.train];
  const lengths: number[] = [];
  for (let images = halving?.first ?? last; images < last; images *= halving!.factor) lengths.push(images);
  return [...lengths, last];
}

/** Images that the cells still in the race are trained on. */
export function lengthInRace(spec: Pick<Spec, 'race' | 'train'>): number {
  const halving = halvingOf(spec);
  const lengths = lengthsOf(spec);
  return halving === undefined || halving.over ? lengths.at(-1)! : lengths[Math.min(halving.looks.length, lengths.length - 1)]!;
}

/** Images that a cell is trained on: `train.images`, or with halving as far as it has come. */
export function imagesOf(spec: Spec, config: Values): number {
  const halving = halvingOf(spec);
  const look = halving === undefined ? null : stoppedBy(spec, config);
  return look === null ? lengthInRace(spec) : halving!.looks[look]!.images;
}

/** What decides whether a training is the beginning of a longer one. */
interface Course {
  learningRatePlan: LearningRatePlan;
  network: CellConfig['network'];
  emaSnapshots?: number | undefined;
}

/**
 * Whether a training run is, step by step, the beginning of a longer one that is otherwise the same: its learning rate does not depend on how long it is.
 * One of a program is not known to be, an exact denoiser is not trained, and when snapshots of averages are taken depends on the length.
 */
export const continues = ({ learningRatePlan, network, emaSnapshots }: Course): boolean => learningRatePlan.kind === 'hold' && emaSnapshots === undefined && !isExact(network) && !isProgram(network);

/** Lengths that a cell of so many images is trained to, ascending: those that a look was taken at on the way, and its own. One that was left alone skipped those between. */
export const lengthsTo = (spec: Pick<Spec, 'race' | 'train'>, last: number): number[] =>
  lengthsOf(spec).filter((images) => images === last || (images < last && halvingOf(spec)?.looks.some((look) => look.images === images)));

/** Images that a training of a sweep with halving has seen when it goes on from a shorter one; 0 for one that starts from nothing. */
export const seenBefore = (spec: Pick<Spec, 'race' | 'train'>, config: Course & { images: number }): number =>
  (continues(config) ? lengthsTo(spec, config.images).filter((images) => images < config.images).at(-1) ?? 0 : 0);
