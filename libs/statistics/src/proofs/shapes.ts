import type { Size, Spread } from '../simulated.js';

/** Where the variance of a score comes from, in words. */
export const spreads: Readonly<Record<string, Spread>> = {
  'training runs differ': { trainingRuns: 1, samples: 0, rest: 0 },
  'training runs differ, samples less': { trainingRuns: 1, samples: 0.4, rest: 0.4 },
  'both differ alike': { trainingRuns: 1, samples: 1, rest: 0.5 },
  'samples differ': { trainingRuns: 0, samples: 1, rest: 0.3 },
  'neither, only the rest': { trainingRuns: 0, samples: 0, rest: 1 },
};

/** Train seeds x sample seeds. */
export const sizes: readonly Size[] = [{ trainingRuns: 2, samples: 1 }, { trainingRuns: 3, samples: 1 }, { trainingRuns: 2, samples: 3 }, { trainingRuns: 3, samples: 3 }, { trainingRuns: 5, samples: 3 }];

export const sizeText = ({ trainingRuns, samples }: Size): string => `${trainingRuns} x ${samples}`;
