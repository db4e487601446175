import { metricDef } from '@elucidate/metrics/metric-defs';
import { canonical } from './canonical.js';
import { classesOf, isSynthetic } from './dataset-grammar.js';
import type { Problem } from './errors.js';
import { placedValues } from './grid.js';
import { metricKey, resolveMetric } from './metric-requests.js';
import { networkProblems } from './network-problems.js';
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

function trainProblems({ images, batch }: Spec['train']): Problem[] {
  return images > 0 && images < batch ? [{ path: 'train.images', value: shortText(images), expected: `0, or at least one batch (${batch})` }] : [];
}

/** Discretisations must decrease, and only over levels that exist. */
function discretisationProblems(spec: Spec): Problem[] {
  return placedValues(spec, 'discretisation').flatMap(({ path, value: discretisation }): Problem[] => {
    if ('sigmaMin' in discretisation && discretisation.sigmaMin >= discretisation.sigmaMax) return [{ path: `${path}.sigmaMin`, value: shortText(discretisation.sigmaMin), expected: `a number below sigmaMax (${discretisation.sigmaMax})` }];
    if (discretisation.kind === 'karras' && !(Number.isFinite(discretisation.sigmaMax ** (1 / discretisation.rho)) && discretisation.sigmaMin ** (1 / discretisation.rho) > 0)) {
      return [{ path: `${path}.rho`, value: shortText(discretisation.rho), expected: `a larger number: sigmaMin and sigmaMax to the power of 1/rho must be float64` }];
    }
    if (discretisation.kind === 'iddpm' && discretisation.first >= discretisation.levels) return [{ path: `${path}.first`, value: shortText(discretisation.first), expected: `a level below levels (${discretisation.levels})` }];
    return [];
  });
}

function churnProblems(spec: Spec): Problem[] {
  return placedValues(spec, 'sampler').flatMap(({ path, value: sampler }): Problem[] => ('sTmax' in sampler && sampler.sTmax !== undefined && sampler.sTmin > sampler.sTmax
    ? [{ path: `${path}.sTmin`, value: shortText(sampler.sTmin), expected: `a number of at most sTmax (${sampler.sTmax})` }]
    : []));
}

function intervalProblems(spec: Spec): Problem[] {
  return placedValues(spec, 'guidance').flatMap(({ path, value: guidance }): Problem[] => (guidance.kind !== 'none' && guidance.sigmaHigh !== undefined && guidance.sigmaLow >= guidance.sigmaHigh
    ? [{ path: `${path}.sigmaLow`, value: shortText(guidance.sigmaLow), expected: `a number below sigmaHigh (${guidance.sigmaHigh})` }]
    : []));
}

/** Guides that cannot be trained, or are the network that they guide. */
function guideProblems(spec: Spec): Problem[] {
  const { images: own, batch } = spec.train;
  return placedValues(spec, 'guidance').flatMap(({ path, value: guidance }): Problem[] => {
    if (guidance.kind !== 'autoguidance') return [];
    const { network, images } = guidance;
    return [
      ...(network === undefined ? [] : networkProblems(`${path}.network`, network, spec.dataset)),
      ...(images !== undefined && images > 0 && images < batch ? [{ path: `${path}.images`, value: shortText(images), expected: `0, or at least one batch (${batch})` }] : []),
      ...(images === own ? [{ path: `${path}.images`, value: shortText(images), expected: 'another number than train.images, or none' }] : []),
    ];
  });
}

/** Networks conditioned on classes that the data set does not have. */
function labelProblems(spec: Spec): Problem[] {
  const { dataset } = spec;
  if (classesOf(dataset) > 0) return [];
  const from = dataset.name === 'folder' ? `${dataset.name}, which has no \`classes\`: import a folder of class folders, one for each class` : dataset.name;
  return placedValues(spec, 'classCondition').flatMap(({ path, value }): Problem[] => (value.kind === 'label' ? [{ path, value: shortText(value), expected: `kind none, since there are no labels in the data set ${from}` }] : []));
}

function datasetProblems({ dataset }: Spec): Problem[] {
  return dataset.name === 'folder' && dataset.contents === undefined
    ? [{ path: 'dataset.contents', value: 'nothing', expected: `the hash that \`elucidate dataset add ${dataset.path}\` prints` }]
    : [];
}

/** A metric cannot be computed from more images than there are, nor from too few for its parameters. */
function metricProblems({ evaluate: { metrics, samples } }: Spec): Problem[] {
  return metrics.flatMap((request, index): Problem[] => {
    const { name, settings, n = samples } = resolveMetric(request);
    const fewest = metricDef(name).fewest(settings);
    const path = `evaluate.metrics[${index}]`;
    if (n > samples) return [{ path, value: metricKey(request), expected: `n up to evaluate.samples, ${samples}` }];
    return n < fewest ? [{ path, value: `${metricKey(request)} of ${n} images`, expected: `at least ${fewest} images` }] : [];
  });
}

/** Synthetic images have no pixel bytes to give a classifier. */
function extractorProblems({ dataset, evaluate: { extractor } }: Spec): Problem[] {
  return isSynthetic(dataset) && extractor.kind !== 'identity'
    ? [{ path: 'evaluate.extractor.kind', value: shortText(extractor.kind), expected: `identity for ${dataset.name} data: its pixels are the features`, nearest: 'identity' }]
    : [];
}

function estimatorProblems({ noiseLevelEstimator: { channels, groups }, dataset }: Spec): Problem[] {
  const path = 'noiseLevelEstimator.channels';
  const size = dataset.resolution / 2 ** channels.length;
  return [
    ...(channels.some((count) => count % groups !== 0) ? [{ path, value: shortText(channels), expected: `channels that groups (${groups}) divides` }] : []),
    ...(size < 1 ? [{ path, value: shortText(channels), expected: `levels that leave at least 1x1 of ${dataset.resolution}x${dataset.resolution} pixels` }] : []),
  ];
}

/** Values that the grammar allows but the maths does not, one by one: repeats, shapes that do not fit, bounds that cross. */
export function valueProblems(spec: Spec): Problem[] {
  return [
    ...Object.entries(spec.parameters).flatMap(([name, { values }]) => repeats(`parameters.${name}.values`, values)),
    ...repeats('seeds.train', spec.seeds.train),
    ...repeats('seeds.sample', spec.seeds.sample),
    ...repeats('evaluate.metrics', spec.evaluate.metrics),
    ...metricProblems(spec),
    ...placedValues(spec, 'network').flatMap(({ path, value }) => networkProblems(path, value, spec.dataset)),
    ...trainProblems(spec.train),
    ...discretisationProblems(spec),
    ...churnProblems(spec),
    ...intervalProblems(spec),
    ...guideProblems(spec),
    ...labelProblems(spec),
    ...datasetProblems(spec),
    ...extractorProblems(spec),
    ...(placedValues(spec, 'noiseLevel').some(({ value }) => value.kind === 'predicted') ? estimatorProblems(spec) : []),
  ];
}
