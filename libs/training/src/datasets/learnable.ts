import { ElucidateError } from '@elucidate/experiment/errors';
import type { ByteImages } from '../images.js';
import type { Split } from './idx-sets.js';

/** A split with fewer images gets a warning: a metric of so few says little. */
const handful = 20;

/** What makes a sweep over some images pointless, or its results weak. */
export interface ImageProblems {
  /** Nothing can be learnt or compared: training would fail, or its scores mean nothing. */
  error: string | null;
  /** Results will say little. */
  warnings: string[];
}

/** Looks at images before anything is trained on them. */
export function imageProblems(splits: Readonly<Record<Split, ByteImages>>): ImageProblems {
  const { train, test } = splits;
  if ([train, test].every((images) => isOneValue(images.data, images.data[0]) && images.data[0] === train.data[0])) return { error: 'every pixel of every image has the same value', warnings: [] };
  if (areAllAlike(train)) return { error: `all ${train.count} training images are alike`, warnings: [] };
  const warnings: string[] = [];
  if (areAllAlike(test)) warnings.push(`all ${test.count} test images are alike`);
  if (areOneColoured(train)) warnings.push('each image is of a single colour: a network has nothing to learn but that colour');
  for (const [split, { count }] of Object.entries(splits)) if (count < handful) warnings.push(`only ${count} images are in the ${split} split: scores of so few say little`);
  const present = train.labels && new Set(train.labels.of);
  if (train.labels && present && present.size < train.labels.classes.length) {
    const absent = train.labels.classes.filter((_, i) => !present.has(i));
    warnings.push(`${present.size === 1 ? 'all training images are of one class' : 'some classes have no training image'}; without any: ${absent.slice(0, 5).join(', ')}${absent.length > 5 ? ` and ${absent.length - 5} more` : ''}`);
  }
  return { error: null, warnings };
}

/** Throws 'request.invalid' if nothing could be learnt from these images; returns what else there is to say. `title` names the data set. */
export function requireLearnable(title: string, splits: Readonly<Record<Split, ByteImages>>): string[] {
  const { error, warnings } = imageProblems(splits);
  if (error !== null) throw new ElucidateError('request.invalid', `${title} cannot be trained on: ${error}. Look at the files, and at the resolution: give it images that differ`);
  return warnings.map((warning) => `${title}: ${warning}`);
}

const isOneValue = (values: Uint8Array, value: number | undefined): boolean => values.every((other) => other === value);

function areAllAlike({ count, data }: ByteImages): boolean {
  const pixels = data.length / count;
  return data.every((value, i) => value === data[i % pixels]);
}

/** Whether all pixels of each image equal its first. */
function areOneColoured({ count, channels, data }: ByteImages): boolean {
  const pixels = data.length / count;
  return data.every((value, i) => value === data[i - (i % pixels) + (i % channels)]);
}
