import { canonical } from './canonical.js';
import type { NetworkSpec } from './design.js';
import type { Problem } from './errors.js';
import { shortText } from './problem-text.js';
import type { Spec } from './spec.js';

function repeats(path: string, values: readonly unknown[]): Problem[] {
  const first = new Map<string, number>();
  return values.flatMap((value, index) => {
    const text = canonical(value);
    const earlier = first.get(text);
    if (earlier === undefined) first.set(text, index);
    return earlier === undefined ? [] : [{ path: `${path}[${index}]`, value: shortText(value), expected: `a value not listed before; it equals ${path}[${earlier}]` }];
  });
}

function networkProblems(path: string, { channels, groups }: NetworkSpec, resolution: number): Problem[] {
  const size = resolution / 2 ** (channels.length - 1);
  const uneven = channels.filter((count) => count % groups !== 0);
  return [
    ...(uneven.length > 0 ? [{ path: `${path}.channels`, value: shortText(channels), expected: `channels that groups (${groups}) divides` }] : []),
    ...(size < 2 ? [{ path: `${path}.channels`, value: shortText(channels), expected: `levels that leave at least 2x2 of ${resolution}x${resolution} pixels; ${channels.length} levels leave ${size}x${size}` }] : []),
  ];
}

function trainProblems({ images, batch }: Spec['train']): Problem[] {
  return images > 0 && images < batch ? [{ path: 'train.images', value: shortText(images), expected: `0, or at least one batch (${batch})` }] : [];
}

/** Karras' grid runs downwards; EDM, eq. 5. */
function gridOrderProblems({ parameters }: Spec): Problem[] {
  return parameters.grid.values.flatMap((grid, index) => (grid.kind === 'karras' && grid.sigmaMin >= grid.sigmaMax
    ? [{ path: `parameters.grid.values[${index}].sigmaMin`, value: shortText(grid.sigmaMin), expected: `a number below sigmaMax (${grid.sigmaMax})` }]
    : []));
}

/** What the grammar allows and the maths does not, value by value: repeats, shapes that do not fit, bounds that cross. */
export function valueProblems(spec: Spec): Problem[] {
  return [
    ...Object.entries(spec.parameters).flatMap(([name, { values }]) => repeats(`parameters.${name}.values`, values)),
    ...repeats('seeds.train', spec.seeds.train),
    ...repeats('seeds.sample', spec.seeds.sample),
    ...repeats('evaluate.metrics', spec.evaluate.metrics),
    ...spec.parameters.network.values.flatMap((network, index) => networkProblems(`parameters.network.values[${index}]`, network, spec.dataset.resolution)),
    ...trainProblems(spec.train),
    ...gridOrderProblems(spec),
  ];
}
