import { metricDef } from '@elucidate/metrics/metric-defs';
import { averageProblems } from './average-problems.js';
import { canonical } from './canonical.js';
import { classesOf, isSynthetic } from './dataset-grammar.js';
import { isProgram } from './design.js';
import type { Problem } from './errors.js';
import { placedValues } from './grid.js';
import { halvingOf, lengthsOf } from './halving.js';
import { listProblems } from './level-list-problems.js';
import { metricKey, resolveMetric } from './metric-requests.js';
import { networkProblems } from './network-problems.js';
import { shortText } from './problem-text.js';
import { startsAnalytically } from './sampling-grammar.js';
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

/** A batch of one image has only one assignment. */
function pairingProblems(spec: Spec): Problem[] {
  const { batch } = spec.train;
  if (batch > 1) return [];
  return placedValues(spec, 'noisePairing').flatMap(({ path, value }): Problem[] => (value === 'immiscible' ? [{ path, value: shortText(value), expected: `independent with train.batch ${batch}, which has nothing to assign; or a larger batch` }] : []));
}

/** Discretisations must decrease, and only over levels that exist. */
function discretisationProblems(spec: Spec): Problem[] {
  return placedValues(spec, 'discretisation').flatMap(({ path, value: discretisation }): Problem[] => {
    if ('sigmaMin' in discretisation && discretisation.sigmaMin >= discretisation.sigmaMax) return [{ path: `${path}.sigmaMin`, value: shortText(discretisation.sigmaMin), expected: `a number below sigmaMax (${discretisation.sigmaMax})` }];
    if ((discretisation.kind === 'karras' || discretisation.kind === 'optimised') && !(Number.isFinite(discretisation.sigmaMax ** (1 / discretisation.rho)) && discretisation.sigmaMin ** (1 / discretisation.rho) > 0)) {
      return [{ path: `${path}.rho`, value: shortText(discretisation.rho), expected: `a larger number: sigmaMin and sigmaMax to the power of 1/rho must be float64` }];
    }
    if ('end' in discretisation && discretisation.end >= discretisation.start) return [{ path: `${path}.end`, value: shortText(discretisation.end), expected: `a number below start (${discretisation.start})` }];
    if (discretisation.kind === 'discrete' && discretisation.offset !== undefined && discretisation.spacing !== 'leading') return [{ path: `${path}.offset`, value: shortText(discretisation.offset), expected: `none with spacing ${discretisation.spacing}: it moves the timesteps of leading` }];
    if (discretisation.kind === 'list') return listProblems(path, discretisation);
    if (discretisation.kind === 'iddpm' && discretisation.first >= discretisation.levels) return [{ path: `${path}.first`, value: shortText(discretisation.first), expected: `a level below levels (${discretisation.levels})` }];
    return [];
  });
}

/** Samplers with which the first call cannot be replaced: those that draw noise, and those that use the noise that the network predicts there. */
function firstCallProblems(spec: Spec): Problem[] {
  return placedValues(spec, 'sampler').flatMap(({ path, value: sampler }): Problem[] => {
    if (!startsAnalytically(sampler)) return [];
    const other = 'sChurn' in sampler && sampler.sChurn > 0 ? `sChurn ${sampler.sChurn}` : sampler.kind === 'ddim' && sampler.eta > 0 ? `eta ${sampler.eta}` : sampler.kind === 'ddim' && sampler.noiseFrom === 'network' ? 'noiseFrom network' : undefined;
    return other === undefined ? [] : [{ path: `${path}.analyticFirst`, value: 'true', expected: `none with ${other}: it takes the place of the first call of a deterministic solver` }];
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
  const [own, { batch }] = [lengthsOf(spec), spec.train];
  return placedValues(spec, 'guidance').flatMap(({ path, value: guidance }): Problem[] => {
    if (guidance.kind !== 'autoguidance') return [];
    const { network, images } = guidance;
    return [
      ...(network === undefined ? [] : networkProblems(`${path}.network`, network, spec.dataset)),
      ...(images !== undefined && images > 0 && images < batch ? [{ path: `${path}.images`, value: shortText(images), expected: `0, or at least one batch (${batch})` }] : []),
      ...(images !== undefined && own.includes(images) ? [{ path: `${path}.images`, value: shortText(images), expected: halvingOf(spec) === undefined ? 'another number than train.images, or none' : `a number that no training of the race has (${own.join(', ')}), or none` }] : []),
    ];
  });
}

/** A data set without labels, and how a folder gets some. */
const unlabelled = ({ name }: Spec['dataset']): string => (name === 'folder' ? `${name}, which has no \`classes\`: import a folder of class folders, one for each class` : name);

/** Networks conditioned on classes that the data set does not have. */
function labelProblems(spec: Spec): Problem[] {
  const { dataset } = spec;
  if (classesOf(dataset) > 0) return [];
  return placedValues(spec, 'classCondition').flatMap(({ path, value }): Problem[] => (value.kind === 'label' ? [{ path, value: shortText(value), expected: `kind none, since there are no labels in the data set ${unlabelled(dataset)}` }] : []));
}

function datasetProblems({ dataset }: Spec): Problem[] {
  return dataset.name === 'folder' && dataset.contents === undefined
    ? [{ path: 'dataset.contents', value: 'nothing', expected: `the hash that \`elucidate dataset add ${dataset.path}\` prints` }]
    : [];
}

/** A metric cannot be computed from more images than there are, nor from too few for its parameters, nor one of classes where there are none. */
function metricProblems({ dataset, evaluate: { metrics, samples } }: Spec): Problem[] {
  return metrics.flatMap((request, index): Problem[] => {
    const { name, settings, n = samples } = resolveMetric(request);
    const { needs, ...def } = metricDef(name);
    const fewest = def.fewest(settings);
    const path = `evaluate.metrics[${index}]`;
    if (needs.includes('labels') && classesOf(dataset) === 0) return [{ path, value: metricKey(request), expected: `a metric without classes, since there are no labels in the data set ${unlabelled(dataset)}` }];
    if (n > samples) return [{ path, value: metricKey(request), expected: `n up to evaluate.samples, ${samples}` }];
    return n < fewest ? [{ path, value: `${metricKey(request)} of ${n} images`, expected: `at least ${fewest} images` }] : [];
  });
}

/** Programs are not asked for x0-hat of every step, nor for snapshots. */
function programProblems(spec: Spec): Problem[] {
  const program = placedValues(spec, 'network').find(({ value }) => isProgram(value));
  if (program === undefined) return [];
  const { emaSnapshots } = spec.train;
  const snapshots = emaSnapshots === undefined ? [] : [{ path: 'train.emaSnapshots', value: shortText(emaSnapshots), expected: `nothing with a network that is a program (${program.path}), which keeps its weights in a form of its own` }];
  return !spec.evaluate.trajectory ? snapshots : [...snapshots, { path: 'evaluate.trajectory', value: 'true', expected: `false with a network that is a program (${program.path}), which is not asked for its estimate at every step` }];
}

/** A race needs something to give after its first look; training runs that others go on from end with a whole batch. */
function raceProblems({ race, seeds, train: { images, batch } }: Spec): Problem[] {
  if (race === undefined) return [];
  if (race.kind !== 'halving') return race.first >= seeds.train.length ? [{ path: 'race.first', value: shortText(race.first), expected: `fewer than the train seeds there are (${seeds.train.length}): after the first look the cells still in the race get another one` }] : [];
  if (race.first >= images) return [{ path: 'race.first', value: shortText(race.first), expected: `fewer images than train.images (${images}): after the first look the cells still in the race are trained longer` }];
  const whole = Math.max(1, Math.floor(race.first / batch)) * batch;
  return race.first % batch === 0 ? [] : [{ path: 'race.first', value: shortText(race.first), expected: `whole batches of ${batch}, such as ${whole} images: longer training runs go on from the end of this one` }];
}

/** Synthetic images have no pixel bytes to give a classifier. */
function extractorProblems({ dataset, evaluate: { extractor } }: Spec): Problem[] {
  return isSynthetic(dataset) && extractor.kind !== 'identity' && extractor.kind !== 'program'
    ? [{ path: 'evaluate.extractor.kind', value: shortText(extractor.kind), expected: `identity for ${dataset.name} data, whose pixels are the features, or a program`, nearest: 'identity' }]
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
    ...trainProblems(spec.train), ...pairingProblems(spec),
    ...raceProblems(spec),
    ...discretisationProblems(spec),
    ...churnProblems(spec), ...firstCallProblems(spec),
    ...intervalProblems(spec),
    ...guideProblems(spec), ...averageProblems(spec),
    ...labelProblems(spec),
    ...programProblems(spec),
    ...datasetProblems(spec),
    ...extractorProblems(spec),
    ...(placedValues(spec, 'noiseLevel').some(({ value }) => value.kind === 'predicted') ? estimatorProblems(spec) : []),
  ];
}
