import { randomStream } from '@elucidate/diffusion/noise';

/** The class of each image of a set. */
export interface Labels {
  /** Names; a class is an index into this list. */
  classes: readonly string[];
  /** One per image, below `classes.length`. */
  of: Uint16Array;
}

/** The labels of images from `from` up to, but not including, `to`; shares memory. */
export function sliceLabels({ classes, of }: Labels, from: number, to: number): Labels {
  return { classes, of: of.subarray(from, to) };
}

/** Images of each class, in the order of `classes`. */
export function classCounts({ classes, of }: Labels): number[] {
  const counts = classes.map(() => 0);
  for (const label of of) counts[label]! += 1;
  return counts;
}

/** A class, and how many of the training images it has. */
export interface TrainedClass {
  name: string;
  images: number;
}

/** The classes of a training split. */
export function trainedClasses(labels: Labels): TrainedClass[] {
  return classCounts(labels).map((images, i) => ({ name: labels.classes[i]!, images }));
}

/** The second number of the stream's name; the stream of an image's noise is named by its seed alone. */
const labelStream = 1;

/** The class of a generated image, as frequent as among the training images, so that all classes together have the data's distribution. It depends only on the image's own seed. */
export function drawLabel(classes: readonly TrainedClass[], seed: number): number {
  const total = classes.reduce((sum, { images }) => sum + images, 0);
  let left = randomStream([seed, labelStream]).uniform() * total;
  return classes.findIndex(({ images }) => (left -= images) < 0);
}
