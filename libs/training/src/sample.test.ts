import * as tf from '@tensorflow/tfjs-core';
import type { Generator } from './batch-denoiser.js';
import type { Images } from './images.js';
import { startEngine } from '@elucidate/engine/start';
import { type StageParams, stageDefinitions } from '@elucidate/experiment/stages';
import type { TrainedEstimator, TrainedNetwork } from './build.js';
import { type HostWeights, toTensors } from './host-weights.js';
import { trainedClasses } from './labels.js';
import { train } from './loop.js';
import { sampleImages } from './sample.js';
import { trainEstimator } from './train-estimator.js';
import { tinyEstimator, tinyTraining, trainingData } from './training.fixture.js';

const training = tinyTraining({ images: 400, batch: 16, learningRate: 5e-3 });
const sampling = (changes: object = {}): StageParams<'sample'> =>
  stageDefinitions.sample.params.parse({ sampler: { kind: 'ddim' }, steps: 5, discretisation: { kind: 'uniform-t' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: true, noiseLevel: { kind: 'known' }, guidance: { kind: 'none' }, trajectory: false, samples: 7, seed: 3, ...changes });
let ema: HostWeights;
let generator: Generator;
let estimator: TrainedEstimator;

beforeAll(async () => {
  await startEngine({ backend: 'simd' });
  const data = await trainingData(400);
  ({ ema } = await train(training, data));
  generator = { params: training, sigmaData: data.sigmaData, tensors: toTensors(ema) };
  const params = tinyEstimator();
  estimator = { params, tensors: toTensors((await trainEstimator(params, data.images)).ema) };
});

const largestDifference = (a: Images['data'], b: Images['data']) => (a as Float32Array).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

describe('sampleImages', () => {
  it.each([{ kind: 'ddpm' }, { kind: 'ddim', eta: 0.5 }, { kind: 'euler' }, { kind: 'heun' }])('with $kind gives the same images whatever the batch', async (sampler) => {
    const together = await sampleImages(generator, sampling({ sampler }), { batch: 7 });
    const apart = await sampleImages(generator, sampling({ sampler }), { batch: 2 });
    expect(together.images).toMatchObject({ count: 7, size: 16, channels: 1 });
    // a sum in another order may round a pixel the other way
    expect(largestDifference(together.images.data, apart.images.data)).toBeLessThanOrEqual(1);
    expect(apart.nfe).toBe(together.nfe);
  });

  it.each([[{ kind: 'uniform-t', start: 0.5 }, Math.SQRT2], [{ kind: 'karras', sigmaMax: 1 }, 1]])('starts %j at standard deviation %d, where sigma is 1', async (discretisation, stddev) => {
    const train = tinyTraining({ dataset: { name: 'gaussian', resolution: 16, mean: 0, std: 0.5 }, network: { kind: 'exact' }, schedule: { kind: 'linear', clipMin: 1e-9 } });
    const { images } = await sampleImages({ params: train, sigmaData: 0.5, tensors: {} }, sampling({ discretisation, steps: 1, samples: 40, clampX0: false }));
    const values = Array.from(images.data);
    // one step gives x0-hat, 0.25/(0.25 + 1) of the start; with 10,240 values the standard deviation is accurate to 0.7 %
    expect(Math.abs(Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length) / (0.2 * stddev) - 1)).toBeLessThan(0.03);
  });

  it('gives an image that depends on its seed and not on the number of images', async () => {
    const many = await sampleImages(generator, sampling());
    const few = await sampleImages(generator, sampling({ samples: 3 }));
    const other = await sampleImages(generator, sampling({ samples: 3, seed: 4 }));
    expect(largestDifference(few.images.data, many.images.data.subarray(0, 3 * 256))).toBeLessThanOrEqual(1);
    expect(largestDifference(few.images.data, other.images.data)).toBeGreaterThan(20);
    expect(largestDifference(many.images.data.subarray(0, 256), many.images.data.subarray(256, 512))).toBeGreaterThan(20);
  });

  it.each([[{ kind: 'ddim' }, 5], [{ kind: 'ddpm' }, 5], [{ kind: 'euler' }, 5], [{ kind: 'heun' }, 9]])('counts the denoiser calls of %j: %i for 5 steps', async (sampler, nfe) => {
    expect((await sampleImages(generator, sampling({ sampler, samples: 2 }))).nfe).toBe(nfe);
  });

  it('samples at EDM\'s levels as well as at the schedule\'s', async () => {
    const edm = await sampleImages(generator, sampling({ discretisation: { kind: 'karras' }, samples: 2 }));
    expect(Math.max(...edm.images.data)).toBeGreaterThan(Math.min(...edm.images.data));
  });

  it('with predicted levels gives the same images whatever the batch, and other images than with known levels', async () => {
    const blind = { ...generator, estimator };
    const predicted = sampling({ noiseLevel: { kind: 'predicted', clamp: 2 }, samples: 70 });
    const together = await sampleImages(blind, predicted, { batch: 128 });
    const apart = await sampleImages(blind, predicted, { batch: 5 });
    const known = await sampleImages(generator, sampling({ samples: 70 }));
    expect(largestDifference(together.images.data, apart.images.data)).toBeLessThanOrEqual(1);
    expect(largestDifference(together.images.data, known.images.data)).toBeGreaterThan(20);
    await expect(sampleImages(generator, predicted)).rejects.toThrow('no noise-level estimator');
  });

  it('reports x0-hat at every step on request, the last one being the image itself', async () => {
    const plain = await sampleImages(generator, sampling());
    const trajectory = Array.from({ length: 5 }, () => new Uint8Array(7 * 256));
    const onTrajectory = async (step: number, from: number, { data }: Images) => { trajectory[step]!.set(data, from * 256); };
    const kept = await sampleImages(generator, sampling({ trajectory: true }), { batch: 3, onTrajectory });
    await sampleImages(generator, sampling(), { onTrajectory: () => Promise.reject(new Error('not asked for')) });
    expect(largestDifference(kept.images.data, plain.images.data)).toBeLessThanOrEqual(1);
    // DDIM's last step goes to sigma 0: its image is x0-hat
    expect(largestDifference(trajectory[4]!, kept.images.data)).toBe(0);
    expect(largestDifference(trajectory[0]!, kept.images.data)).toBeGreaterThan(20);
  });

  it('counts the levels that the network was not trained on', async () => {
    const seen = await sampleImages(generator, sampling({ samples: 1 }));
    const unseen = await sampleImages(generator, sampling({ samples: 1, discretisation: { kind: 'karras', sigmaMin: 1e-5, sigmaMax: 80 } }));
    expect([seen.outside, seen.sigmas.length]).toEqual([0, 6]);
    // trained from t = 0.001 of a linear schedule, sigma 0.0316: the last of five levels is below that
    expect(unseen.outside).toBe(unseen.sigmas.filter((sigma) => sigma > 0 && (sigma < 0.0313 || sigma > 31.9)).length);
    expect(unseen.outside).toBeGreaterThan(0);
  });

  it('with a data range of one half fill it as bytes fill theirs', async () => {
    const half = { ...generator, params: { ...training, dataRange: 0.5 as const } };
    const images = await sampleImages(half, sampling({ clampX0: 0.25 }));
    // clamped to +-0.25 of +-0.5: bytes 64 to 191
    expect([Math.min(...images.images.data), Math.max(...images.images.data)]).toEqual([64, 191]);
  });

  it('leaves no tensor behind, neither at its end nor when it is stopped', async () => {
    const before = tf.memory().numTensors;
    await sampleImages(generator, sampling());
    const stop = new AbortController();
    const stopped = sampleImages(generator, sampling(), { batch: 2, signal: stop.signal, onProgress: ({ fraction }) => { if (fraction > 0.4) stop.abort(); } });
    await expect(stopped).rejects.toMatchObject({ code: 'stage.interrupted' });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses pixels that are not finite instead of drawing them black', async () => {
    const broken = { ...ema, 'leave.bias': { shape: [1], data: Float32Array.of(NaN) } };
    expect(Object.keys(ema)).toContain('leave.bias');
    await expect(sampleImages({ ...generator, tensors: toTensors(broken) }, sampling({ clampX0: false }))).rejects.toMatchObject({ code: 'stage.diverged' });
  });
});

describe('sampleImages of a network that is given classes', () => {
  const params = tinyTraining({ images: 800, batch: 16, learningRate: 5e-3, classCondition: { kind: 'label', labelDropout: 0.2 } });
  const free = (scale: number, interval: object = {}) => ({ guidance: { kind: 'classifier-free', scale, sigmaLow: 0, ...interval } });
  let given: Generator;

  beforeAll(async () => {
    const data = await trainingData(400);
    given = { params, sigmaData: data.sigmaData, tensors: toTensors((await train(params, data)).ema), classes: trainedClasses(data.images.labels!) };
  });
  afterAll(() => tf.dispose(given.tensors));

  it('gives each image a label drawn from its own seed, whatever the batch and the number of images', async () => {
    const [{ images: many }, { images: few }] = [await sampleImages(given, sampling({ samples: 30 })), await sampleImages(given, sampling({ samples: 5 }), { batch: 2 })];
    expect(many.labels!.classes).toEqual(given.classes!.map(({ name }) => name));
    expect(new Set(many.labels!.of).size).toBeGreaterThan(4);
    expect([...few.labels!.of]).toEqual([...many.labels!.of.subarray(0, 5)]);
    expect(largestDifference(few.data, many.data.subarray(0, 5 * 256))).toBeLessThanOrEqual(1);
  });

  it('gives class-conditional images at scale 1, unconditional ones at scale 0, and others beyond', async () => {
    const [plain, one, zero, two] = [await sampleImages(given, sampling()), await sampleImages(given, sampling(free(1))), await sampleImages(given, sampling(free(0))), await sampleImages(given, sampling(free(2)))];
    expect(one.images).toEqual(plain.images);
    const unlabelled: Generator = { ...given, classes: undefined };
    const { images } = await sampleImages(unlabelled, sampling());
    // the sum with a guide of weight 1 and a network of weight 0 may round differently
    expect(largestDifference(zero.images.data, images.data)).toBeLessThanOrEqual(1);
    expect(images.labels).toBeUndefined();
    for (const other of [zero, two]) expect(largestDifference(other.images.data, plain.images.data)).toBeGreaterThan(5);
  });

  it('counts the guide only where it is evaluated: at the levels inside the interval', async () => {
    const guided = async (interval: object) => {
      const { nfe, sigmas } = await sampleImages(given, sampling({ samples: 2, ...free(2, interval) }));
      return { nfe, inside: (low: number, high: number) => sigmas.filter((sigma) => low < sigma && sigma <= high).length };
    };
    expect((await guided({})).nfe).toBe(10);
    const { nfe, inside } = await guided({ sigmaLow: 0.2, sigmaHigh: 2 });
    expect(nfe).toBe(5 + inside(0.2, 2));
    expect(nfe).toBeGreaterThan(5);
    expect(nfe).toBeLessThan(10);
    expect((await guided({ sigmaLow: 1e4 })).nfe).toBe(5);
  });

  it('guides at predicted levels, too', async () => {
    const predicted = (changes: object) => sampleImages({ ...given, estimator }, sampling({ noiseLevel: { kind: 'predicted', clamp: 2 }, ...changes }));
    const [one, two] = [await predicted(free(1)), await predicted(free(2))];
    expect(two.nfe).toBe(2 * one.nfe);
    expect(largestDifference(one.images.data, two.images.data)).toBeGreaterThan(5);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await sampleImages(given, sampling(free(2)));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is needed for guidance, and its training needs labels', async () => {
    await expect(sampleImages(generator, sampling(free(2)))).rejects.toMatchObject({ code: 'stage.failed', message: expect.stringContaining('guidance to { kind: none }') });
    const { images, sigmaData } = await trainingData(32);
    await expect(train(params, { images: { ...images, labels: undefined }, sigmaData })).rejects.toMatchObject({ code: 'stage.failed', message: expect.stringContaining('10 classes, but its images have no labels') });
  });
});

describe('sampleImages guided by a second network', () => {
  const auto = (interval: object = {}) => ({ guidance: { kind: 'autoguidance', scale: 2, images: 0, sigmaLow: 0, ...interval } });
  const exact = (std: number): TrainedNetwork => ({ params: tinyTraining({ dataset: { name: 'gaussian', resolution: 16, mean: 0.3, std }, network: { kind: 'exact' } }), sigmaData: std, tensors: {} });

  it('has the standard deviation of the guided flow, v/v_guide^(1/2) at scale 2, and calls each network once per evaluation', async () => {
    const { images, nfe } = await sampleImages({ ...exact(0.5), guide: exact(0.8) }, sampling({ ...auto(), sampler: { kind: 'heun' }, discretisation: { kind: 'karras', sigmaMax: 80 }, steps: 40, samples: 40, clampX0: false }));
    const values = Array.from(images.data);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    expect(nfe).toBe(2 * 79);
    // 10,240 values: the standard deviation is accurate to 0.7 %
    expect(Math.abs(mean - 0.3)).toBeLessThan(0.02);
    expect(Math.abs(std / (0.5 ** 2 / 0.8) - 1)).toBeLessThan(0.03);
  });

  it('calls the guide only at the levels inside the interval', async () => {
    const { nfe, sigmas } = await sampleImages({ ...exact(0.5), guide: exact(0.8) }, sampling({ ...auto({ sigmaLow: 0.2, sigmaHigh: 2 }), samples: 2, clampX0: false }));
    expect(nfe).toBe(5 + sigmas.filter((sigma) => 0.2 < sigma && sigma <= 2).length);
  });

  it('gives the unguided images when it is guided by its own weights', async () => {
    const [plain, guided] = [await sampleImages(generator, sampling()), await sampleImages({ ...generator, guide: generator }, sampling(auto()))];
    expect(largestDifference(plain.images.data, guided.images.data)).toBeLessThanOrEqual(1);
  });

  it('refuses to run without it', async () => {
    await expect(sampleImages(generator, sampling(auto()))).rejects.toMatchObject({ code: 'stage.failed', message: expect.stringContaining('guided by a second network') });
  });
});
