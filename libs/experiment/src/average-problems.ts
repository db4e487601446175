import type { Problem } from './errors.js';
import { placedValues } from './grid.js';
import { lengthsOf } from './halving.js';
import { shortText } from './problem-text.js';
import type { EmaSpec } from './sampling-grammar.js';
import type { Spec } from './spec.js';

/** Reasons why the averages of a sweep, those of guides too, cannot be made from what its training runs keep. */
export function averageProblems(spec: Spec): Problem[] {
  const shortest = lengthsOf(spec)[0]!;
  const own = placedValues(spec, 'ema');
  const guides = placedValues(spec, 'guidance').flatMap(({ path, value: guidance }) => (guidance.kind === 'autoguidance' ? [{ path, guidance }] : []));
  return [
    ...own.flatMap(({ path, value: ema }) => emaProblems(spec, { path, ema, images: shortest, of: 'train.images' })),
    ...guides.flatMap(({ path, guidance: { ema, images } }) => (ema === undefined
      ? own.flatMap(({ value }) => inheritedProblems(value, { path, images }))
      : emaProblems(spec, { path: `${path}.ema`, ema, images: images ?? shortest, of: images === undefined ? 'train.images' : 'images of the guide' }))),
  ];
}

interface Place {
  path: string;
  ema: EmaSpec;
  /** Images of the shortest training that it is an average of. */
  images: number;
  of: string;
}

function emaProblems({ train: { emaSnapshots } }: Spec, { path, ema, images, of }: Place): Problem[] {
  if (ema.kind !== 'power') return [];
  if (emaSnapshots === undefined) return [{ path, value: shortText(ema), expected: 'trained or none, or set train.emaSnapshots, to 64 for instance: other averages are reconstructed from the snapshots that a training keeps with it, which is another stage than a training without them' }];
  const { halfLifeImages: halfLife } = ema;
  return halfLife === undefined || 2 * halfLife <= images ? [] : [{ path: `${path}.halfLifeImages`, value: shortText(halfLife), expected: `at most half of ${of}, ${images / 2}: there all steps count alike, and a longer half-life would count the first ones most` }];
}

/** A half-life that a shorter training of a guide is too short for. */
function inheritedProblems(ema: EmaSpec, { path, images }: { path: string; images: number | undefined }): Problem[] {
  if (ema.kind !== 'power' || ema.halfLifeImages === undefined || images === undefined || images === 0 || 2 * ema.halfLifeImages <= images) return [];
  return [{ path: `${path}.images`, value: shortText(images), expected: `at least ${2 * ema.halfLifeImages}, twice the half-life of \`ema\`, or an ema of the guide's own` }];
}
