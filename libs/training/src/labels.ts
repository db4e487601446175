/** The class of each image of a set. */
export interface Labels {
  /** Names; a class is a place in this list. */
  classes: readonly string[];
  /** One an image, below `classes.length`. */
  of: Uint16Array;
}

/** The labels of images `from` up to but without `to`; shares memory. */
export function sliceLabels({ classes, of }: Labels, from: number, to: number): Labels {
  return { classes, of: of.subarray(from, to) };
}

/** Images of each class, in the order of `classes`. */
export function classCounts({ classes, of }: Labels): number[] {
  const counts = classes.map(() => 0);
  for (const label of of) counts[label]! += 1;
  return counts;
}
