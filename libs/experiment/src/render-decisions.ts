import { configLabel } from './estimate-text.js';
import { lengthsOf } from './halving.js';
import { valuesOf } from './grid.js';
import { parameterNames } from './parameters.js';
import { plural } from './plural.js';
import { seedsInRace } from './race.js';
import type { Halving, SeedRace, Spec } from './spec.js';

/** "inputScale 0.3, steps 5". */
const cellText = (pattern: Readonly<Record<string, unknown>>): string =>
  parameterNames.flatMap((name) => (pattern[name] === undefined ? [] : [`${name} ${configLabel(name, pattern[name])}`])).join(', ');

const stoppedText = (stopped: readonly unknown[]): string => (stopped.length === 0 ? 'none stopped' : `${plural(stopped.length, 'configuration')} stopped`);

function seedLines(spec: Spec, race: SeedRace): string[] {
  const looks = race.looks.flatMap(({ seeds: after, left, stopped }, i) => [`Look ${i + 1}, after ${after} train seeds: ${stoppedText(stopped)}, ${left} left.`, ...stopped.map((pattern) => `  ${cellText(pattern)}`)]);
  const now = race.over ? 'The race is over.' : `The configurations still in the race have, or are getting, ${seedsInRace(spec)} of ${spec.seeds.train.length} train seeds.`;
  return [`the truly best configuration is stopped with a chance of at most ${race.level}, over all looks.`, ...looks, now];
}

/** How far two looks agree, and how much of a cut was chance. */
function doubtText({ stopped, undecided, agreement }: Halving['looks'][number]): string {
  const apart = stopped.length === 0 ? '' : ` ${undecided} of those stopped cannot be told apart from the last that stayed.`;
  return agreement === null ? apart : `${apart} Kendall's tau of the order with that at the look before: ${agreement.toFixed(2)}.`;
}

function halvingLines(spec: Spec, race: Halving): string[] {
  const lengths = lengthsOf(spec);
  const looks = race.looks.flatMap((look, i) => [
    `Look ${i + 1}, at ${look.images} of ${spec.train.images} images: ${stoppedText(look.stopped)}, ${look.left} left.${doubtText(look)}`,
    ...look.stopped.map((pattern) => `  ${cellText(pattern)}`),
  ]);
  const again = valuesOf(spec, 'learningRatePlan').some(({ kind }) => kind !== 'hold');
  const now = race.over ? `The race is over: what is left is trained on ${spec.train.images} images.` : `The configurations still in the race are trained on ${lengths[race.looks.length]} images.`;
  return [
    `successive halving over training runs of ${lengths.join(', ')} images; one configuration in ${race.factor} is trained further. What was behind after a short training may have been ahead after a long one: no chance bounds that.`,
    ...(again ? ['A training whose learning rate depends on its length starts from nothing at each; with `learningRatePlan: {kind: hold}` it goes on from the shorter one.'] : []),
    ...looks, now,
  ];
}

/** What was decided in a race, look by look, for people. */
export function renderDecisions({ id, spec }: { id: string; spec: Spec }): string {
  const { race } = spec;
  if (race === undefined) return `Sweep ${id} is not a race: every configuration gets all of its seeds.`;
  const [first, ...lines] = race.kind === 'halving' ? halvingLines(spec, race) : seedLines(spec, race);
  return [`Sweep ${id}: ${first}`, ...lines].join('\n');
}
