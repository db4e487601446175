import type { Problem } from './errors.js';
import { shortText } from './problem-text.js';
import type { DiscretisationSpec } from './sampling-grammar.js';

type LevelList = Extract<DiscretisationSpec, { kind: 'list' }>;

/** How noisy a level is, on any falling scale, in each coordinate; and the bounds of a level. */
const coordinates: Readonly<Record<LevelList['in'], { noise(level: number): number; fits(level: number): boolean; expected: string; image: number }>> = {
  sigma: { noise: (level) => level, fits: (level) => level >= 1e-30, expected: 'a sigma above 0', image: 0 },
  gamma: { noise: (level) => -level, fits: (level) => level > 0 && level < 1, expected: 'a gamma above 0 and below 1', image: 1 },
  t: { noise: (level) => level, fits: (level) => level > 0 && level <= 1, expected: 'a t above 0, at most 1', image: 0 },
};

/** What is wrong with a list of levels by hand: a level out of bounds, one no less noisy than the one before, an option that another overrides. */
export function listProblems(path: string, { levels, in: coordinate, schedule, denoiseToZero }: LevelList): Problem[] {
  const { noise, fits, expected, image } = coordinates[coordinate];
  const last = levels.length - 1;
  const toImage = levels[last] === image;
  const problem = (index: number, text: string): Problem => ({ path: `${path}.levels[${index}]`, value: shortText(levels[index]), expected: text });
  const beyond = levels.findIndex((level, i) => !fits(level) && !(i === last && i > 0 && toImage));
  const rising = levels.findIndex((level, i) => i > 0 && !(noise(level) < noise(levels[i - 1]!)));
  return [
    ...(beyond < 0 ? [] : [problem(beyond, `${expected}; only the last of several may be ${image}, the image`)]),
    ...(rising < 0 ? [] : [problem(rising, `less noise than at the level before, ${levels[rising - 1]}`)]),
    ...(toImage && denoiseToZero === false ? [problem(last, `a level with noise, since denoiseToZero is false: write one or the other`)] : []),
    ...(schedule !== undefined && coordinate !== 't' ? [{ path: `${path}.schedule`, value: shortText(schedule), expected: `none with in ${coordinate}: only levels in t are read off a schedule` }] : []),
  ];
}
