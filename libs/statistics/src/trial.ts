/** One score: of a training and a set of samples, each known by its seed. */
export interface Trial {
  train: number;
  sample: number;
  /** Finite: a diverged trial is none. */
  value: number;
}

/** The pair of seeds of a trial, as a key. */
export const seedsKey = ({ train, sample }: Trial): string => `${train} ${sample}`;

export const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Trials by one of their seeds. */
export function bySeed(trials: readonly Trial[], level: 'train' | 'sample'): Map<number, Trial[]> {
  const groups = new Map<number, Trial[]>();
  for (const trial of trials) {
    const group = groups.get(trial[level]);
    if (group) group.push(trial);
    else groups.set(trial[level], [trial]);
  }
  return groups;
}
