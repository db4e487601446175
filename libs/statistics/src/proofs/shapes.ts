import type { Size, Spread } from '../simulated.js';

/** Where the variance of a score comes from, in words. */
export const spreads: Readonly<Record<string, Spread>> = {
  'trainings differ': { trainings: 1, samples: 0, rest: 0 },
  'trainings differ, samples less': { trainings: 1, samples: 0.4, rest: 0.4 },
  'both differ alike': { trainings: 1, samples: 1, rest: 0.5 },
  'samples differ': { trainings: 0, samples: 1, rest: 0.3 },
  'neither, only the rest': { trainings: 0, samples: 0, rest: 1 },
};

/** Train seeds x sample seeds. */
export const sizes: readonly Size[] = [{ trainings: 2, samples: 1 }, { trainings: 3, samples: 1 }, { trainings: 2, samples: 3 }, { trainings: 3, samples: 3 }, { trainings: 5, samples: 3 }];

export const sizeText = ({ trainings, samples }: Size): string => `${trainings} x ${samples}`;
