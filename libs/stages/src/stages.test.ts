import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { startEngine } from '@elucidate/engine/start';
import { unetSchema } from '@elucidate/experiment/design';
import { standardExtractors } from '@elucidate/experiment/extractors';
import { previewFile, type Metric, type StageOutcome } from '@elucidate/experiment/execution';
import { metricKey, type MetricRequest } from '@elucidate/experiment/metric-requests';
import { stageDefinitions } from '@elucidate/experiment/stages';
import { metricDef, metricNames } from '@elucidate/metrics/metric-defs';
import { statistics } from '@elucidate/metrics/statistics';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { standardExtractorFile } from '@elucidate/training/feature-extractor';
import { readFeatures } from './feature-files.js';
import { readImages } from './image-files.js';
import { labelledDatasetOf, referenceLabels } from './reference-labels.js';
import { datasetTitle, realImages } from './real-images.js';
import { runStage } from './registry.js';
import { featureScorer } from './score-features.js';
import { hashesOf, pathsOf, recordingHooks, runHere, testHome, tinyTraining, workshop } from './stages.fixture.js';
import { featuresOf, featuresTensor, readTensors, tensor } from './tensor-files.js';

const dataset = { name: 'fashion-mnist', resolution: 16 } as const;
const sampling = stageDefinitions.sample.params.parse({ sampler: { kind: 'heun' }, steps: 3, discretisation: { kind: 'uniform-t' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: true, noiseLevel: { kind: 'known' }, guidance: { kind: 'none' }, samples: 10, trajectory: false, seed: 3 });
let shop: Awaited<ReturnType<typeof workshop>>;
let extractor: Record<string, string>;
let trained: StageOutcome;

beforeAll(async () => {
  shop = await workshop();
  extractor = await shop.untrainedExtractor(1);
  trained = await shop.run(runHere, 'train', tinyTraining());
});
afterAll(() => shop.remove());

const named = (metrics: readonly Metric[], name: string) => metrics.find((metric) => metric.name === name)!;

describe('a train stage', () => {
  it('gives the same bytes when it runs again', async () => {
    expect(await hashesOf(await shop.run(runHere, 'train', tinyTraining()))).toEqual(await hashesOf(trained));
  });

  it('shows while it runs what its network makes of test images, which changes no byte of what it writes', async () => {
    const task = await shop.task('train', tinyTraining());
    const context = { ...recordingHooks(), engine: await startEngine({ backend: 'auto', threads: 1 }), home: testHome };
    expect(await hashesOf(await runStage(task, { ...context, previewEveryMs: 0 }))).toEqual(await hashesOf(trained));
    const [shown, end] = [PNG.sync.read(await readFile(join(task.outDir, previewFile))), PNG.sync.read(await readFile(pathsOf(trained)['previews']!))];
    expect([shown.width, shown.height]).toEqual([8 * 16, 6 * 16]);
    // the images in the first row are those of the pictures at its end, which are enlarged
    const row = (png: PNG, zoom: number): number[] => Array.from({ length: 8 * 16 }, (_, x) => png.data[4 * (7 * zoom * png.width + x * zoom)]!);
    expect(row(shown, 1)).toEqual(row(end, 3));
  });

  it('writes raw and EMA weights, the loss of each step, and its mean over the last tenth', async () => {
    const { weights, losses, previews } = pathsOf(trained);
    const names = Object.keys((await readTensors(weights!)).tensors);
    expect(names.filter((name) => name.startsWith('ema/')).length * 2).toBe(names.length);
    const written = JSON.parse(await readFile(losses!, 'utf8')) as { batch: number; losses: number[] };
    expect(written.losses).toHaveLength(6);
    expect(named(trained.metrics, 'loss').value).toBe(written.losses[5]);
    const { width, height } = PNG.sync.read(await readFile(previews!));
    expect([width, height]).toEqual([8 * 16 * 3, 6 * 16 * 3]);
  });

  it('shows the clean test images in the first row of its previews, and close to them the denoised images of low noise', async () => {
    const { data, width } = PNG.sync.read(await readFile(pathsOf(trained)['previews']!));
    const grey = (x: number, y: number) => data[4 * (y * width + x)]!;
    const brightest = (row: number) => Math.max(...Array.from({ length: width }, (_, x) => grey(x, row * 48 + 24)));
    expect(brightest(0)).toBeGreaterThan(150);
    expect(brightest(1)).toBeGreaterThan(100);
  });

  it('without images leaves the network as initialised and has no loss', async () => {
    const { outputs, metrics } = await shop.run(runHere, 'train', tinyTraining({ images: 0 }));
    expect(Object.keys(outputs).sort()).toEqual(['losses', 'previews', 'weights']);
    expect(metrics).toEqual([]);
  });

  it('records where it ran', () => {
    expect(trained.provenance).toMatchObject({ threads: 1, node: process.version, elucidate: '0.1.0' });
    expect(trained.provenance.engine).toMatch(/^\w+ \S+/);
  });
});

describe('stages of a network that is given classes', () => {
  it('pass the classes from training to the images, which keep their labels; guided sampling counts the evaluations of its guide', async () => {
    const params = tinyTraining({ classCondition: { kind: 'label', labelDropout: 0.2 } });
    const given = pathsOf(await shop.run(runHere, 'train', params));
    const guided = { ...sampling, guidance: { kind: 'classifier-free', scale: 2, sigmaLow: 0 } } as const;
    const { outputs, metrics } = await shop.run(runHere, 'sample', guided, { train: given });
    expect(named(metrics, 'nfe').value).toBe(10);
    const place = pathsOf({ outputs } as StageOutcome)['images']!;
    const file = await readTensors(place);
    const names = JSON.parse(file.metadata['classes']!) as string[];
    expect(names).toEqual(expect.arrayContaining(['Trouser', 'Ankle boot']));
    const { data, shape } = tensor(file, { name: 'labels', dtype: 'I64', path: place });
    expect(shape).toEqual([10]);
    expect([...data].every((label) => label >= 0n && label < BigInt(names.length))).toBe(true);
    expect(await readImages(place)).toMatchObject({ count: 10, size: 16 });
  });

  it('may be guided by a second set of weights: its own weights change nothing, those of another network do', async () => {
    const [train, other] = [pathsOf(trained), pathsOf(await shop.run(runHere, 'train', tinyTraining({ seed: 2, network: unetSchema.parse({ channels: [4], blocks: 1 }) })))];
    const guided = { ...sampling, guidance: { kind: 'autoguidance', scale: 2, images: 0, sigmaLow: 0 } } as const;
    const imagesOf = async (params: typeof sampling, inputs: object) => {
      const { outputs, metrics } = await shop.run(runHere, 'sample', params, { train, ...inputs });
      return { nfe: named(metrics, 'nfe').value, images: (await readImages(pathsOf({ outputs } as StageOutcome)['images']!)).data };
    };
    const [plain, byItself, byOther] = [await imagesOf(sampling, {}), await imagesOf(guided, { guide: train }), await imagesOf(guided, { guide: other })];
    expect([plain.nfe, byItself.nfe, byOther.nfe]).toEqual([5, 10, 10]);
    const furthest = ({ images }: typeof plain) => Array.from(images).reduce((most, value, i) => Math.max(most, Math.abs(value - plain.images[i]!)), 0);
    expect(furthest(byItself)).toBeLessThanOrEqual(1);
    expect(furthest(byOther)).toBeGreaterThan(20);
    await expect(imagesOf(guided, {})).rejects.toMatchObject({ code: 'stage.input_missing', message: expect.stringContaining('"weights" of its input "guide"') });
  });
});

describe('sample, embed and score stages', () => {
  let sampled: StageOutcome;
  let embedded: StageOutcome;
  let reference: StageOutcome;

  beforeAll(async () => {
    sampled = await shop.run(runHere, 'sample', sampling, { train: pathsOf(trained) });
    embedded = await shop.run(runHere, 'embed', { inputRange: 1 }, { sample: pathsOf(sampled), extractor });
    reference = await shop.run(runHere, 'reference', { dataset, inputRange: 1 }, { extractor });
  });

  const scoreInputs = () => ({ embed: pathsOf(embedded), reference: pathsOf(reference) });

  it('draws the first 64 images, eight to a row, enlarged three times', async () => {
    const images = await readImages(pathsOf(sampled)['images']!);
    expect(images).toMatchObject({ count: 10, size: 16 });
    const { data, width, height } = PNG.sync.read(await readFile(pathsOf(sampled)['sheet']!));
    expect([width, height]).toEqual([8 * 16 * 3, 2 * 16 * 3]);
    // image 9 is the second of the second row
    for (let y = 0; y < 16; y++) for (let x = 0; x < 16; x++) expect(data[4 * ((48 + 3 * y + 1) * width + 48 + 3 * x + 1)]).toBe(images.data[9 * 256 + y * 16 + x]);
  });

  it('counts the denoiser calls of the sampler: 2 N - 1 for Heun', () => {
    expect(named(sampled.metrics, 'nfe').value).toBe(5);
    expect(named(sampled.metrics, 'images_per_second').value).toBeGreaterThan(0);
  });

  it('with more images under the same seed continues the images of fewer', async () => {
    const fewer = await shop.run(runHere, 'sample', { ...sampling, samples: 3 }, { train: pathsOf(trained) });
    const [few, many] = [await readImages(pathsOf(fewer)['images']!), await readImages(pathsOf(sampled)['images']!)];
    expect(few.data).toEqual(many.data.subarray(0, few.data.length));
  });

  it('stores in the reference the statistics of the features beside them', async () => {
    const { features, statistics: summary } = pathsOf(reference);
    const [found, kept] = [await readTensors(features!), await readTensors(summary!)];
    const test = featuresOf(found, 'test', features!);
    expect([test.n, featuresOf(found, 'train', features!).n]).toEqual([10_000, 10_000]);
    const { mean, factor } = statistics(test);
    const numbers = (name: string) => tensor(kept, { name, dtype: 'F64', path: summary! }).data;
    expect(numbers('mean')).toEqual(mean);
    expect(numbers('factor')).toEqual(factor);
    expect(numbers('eigenvalues').reduce((sum, x) => sum + x, 0)).toBeCloseTo(factor.reduce((sum, x) => sum + x * x, 0), 9);
  });

  it('scores noise worse than as many real images, and real test images near zero', async () => {
    const { metrics } = await shop.run(runHere, 'score', { metrics: ['fid', 'kid'] }, scoreInputs());
    expect(named(metrics, 'fid').value).toBeGreaterThan(2 * named(metrics, 'fid_real').value);
    expect(named(metrics, 'kid').value).toBeGreaterThan(named(metrics, 'kid_real').value);
    expect(new Set(metrics.map(({ evaluator }) => evaluator)).size).toBe(1);
    expect(metrics.map(({ n }) => n)).toEqual([10, 10, 10, 10]);
  });

  it('takes the classes of the reference from its data set: of 10,000 images 1,000 each, of which the nearest are those of the generated ones', async () => {
    const { metrics } = await shop.run(runHere, 'score', { metrics: [{ kind: 'classcoverage', k: 2 }, 'classimbalance'] }, scoreInputs());
    expect(metrics.map(({ name }) => name)).toEqual(['classcoverage(k 2)', 'classcoverage(k 2)_real', 'classimbalance', 'classimbalance_real']);
    const classes = named(metrics, 'classimbalance').details!['classes'] as { name: string; real: number; generated: number }[];
    expect(classes.map(({ name, real }) => [name, real])).toEqual(expect.arrayContaining([['Trouser', 1000], ['Ankle boot', 1000]]));
    expect(classes.reduce((sum, { generated }) => sum + generated, 0)).toBe(10);
  });

  it('finds images that are copies of training images, and shows these in the places of the sample sheet', async () => {
    const [from, count] = [5, 40];
    const real = await readTensors(pathsOf(reference)['features']!);
    const { values, d } = featuresOf(real, 'train', '');
    const file = await readTensors(pathsOf(embedded)['features']!);
    const path = `${shop.root}/copies.safetensors`;
    await writeFile(path, encodeSafetensors({ ...file, tensors: { features: featuresTensor({ values: values.subarray(from * d, (from + count) * d), n: count, d }) } }));
    const { metrics, outputs } = await shop.run(runHere, 'score', { metrics: [{ kind: 'ct', cells: 1 }, 'vendi'] }, { ...scoreInputs(), embed: { features: path } });
    expect(metrics.map(({ name }) => name)).toEqual(['ct(cells 1)', 'vendi', 'vendi_real']);
    expect(metrics[0]).toMatchObject({ value: expect.closeTo(-Math.sqrt((3 * count * count) / (2 * count + 1)), 6), details: { trainingN: 10_000, referenceN: count } });
    const { data: pixels } = await realImages(dataset, 'train', { home: testHome, ...recordingHooks() });
    const { data, width } = PNG.sync.read(await readFile(outputs['neighbours']!.path));
    // image 9 is the second of the second row
    for (let y = 0; y < 16; y++) for (let x = 0; x < 16; x++) expect(data[4 * ((48 + 3 * y + 1) * width + 48 + 3 * x + 1)]).toBe(pixels[(from + 9) * 256 + y * 16 + x]);
    expect(Object.keys((await shop.run(runHere, 'score', { metrics: ['vendi'] }, scoreInputs())).outputs)).toEqual([]);
  });

  it('is repeated by scoring the stored features as files: every metric, and its baseline, to the last digit', async () => {
    const [features, real] = [pathsOf(reference)['features']!, await readTensors(pathsOf(reference)['features']!)];
    const { values, d } = featuresOf(real, 'train', features);
    const path = `${shop.root}/many.safetensors`;
    const file = await readTensors(pathsOf(embedded)['features']!);
    await writeFile(path, encodeSafetensors({ ...file, tensors: { features: featuresTensor({ values: values.map((x, i) => x * (1 + (i % 7) / 50)).subarray(0, 100 * d), n: 100, d }) } }));
    // k as small as the classes of 100 images
    const metrics = metricNames.map((kind): MetricRequest => ('k' in metricDef(kind).parameters ? { kind, k: 2 } : kind === 'ct' ? { kind, cells: 1 } : kind));
    const stage = await shop.run(runHere, 'score', { metrics: [...metrics, { kind: 'fid', n: 64 }] }, { ...scoreInputs(), embed: { features: path } });
    const { of } = await referenceLabels({ dataset: 'fashion-mnist', split: 'test', size: 10_000, resolution: 16 }, { home: testHome, ...recordingHooks() });
    const scorer = featureScorer({ metrics: [...metrics.map(metricKey), 'fid@64'], reference: await readFeatures(features, ['test']), training: await readFeatures(features, ['train']), labels: { file: 'labels', of } });
    const found = scorer.score(await readFeatures(path, ['features'])).flatMap(({ metric, value, n, real: baseline }) => [[metric, value, n], ...(baseline ? [[`${metric}_real`, baseline.value, baseline.n]] : [])]);
    expect(found).toEqual(stage.metrics.map(({ name, value, n }) => [name, value, n]));
    expect(found).toHaveLength(2 * metricNames.length + 1);
  });

  it('refuses to compare features of two extractors', async () => {
    const other = await shop.run(runHere, 'embed', { inputRange: 1 }, { sample: pathsOf(sampled), extractor: await shop.untrainedExtractor(2) });
    await expect(shop.run(runHere, 'score', { metrics: ['fid'] }, { ...scoreInputs(), embed: pathsOf(other) }))
      .rejects.toMatchObject({ code: 'stage.failed', message: expect.stringContaining('cannot be compared') });
  });

  it('reports features that are not finite as a divergence', async () => {
    const file = await readTensors(pathsOf(embedded)['features']!);
    featuresOf(file, 'features', '').values[5] = NaN;
    const path = `${shop.root}/diverged.safetensors`;
    await writeFile(path, encodeSafetensors(file));
    await expect(shop.run(runHere, 'score', { metrics: ['fid'] }, { ...scoreInputs(), embed: { features: path } })).rejects.toMatchObject({ code: 'stage.diverged', retryable: false });
  });
});

test.each([
  { name: 'mnist', resolution: 16 },
  { name: 'folder', contents: 'a'.repeat(64), channels: 1, resolution: 32 },
  { name: 'folder', contents: 'b'.repeat(64), channels: 3, resolution: 8 },
] as const)('the data set of a reference is found by its title: %j', (of) => {
  expect(labelledDatasetOf({ dataset: datasetTitle(of), split: 'test', size: 10, resolution: of.resolution })).toEqual(of);
  expect(labelledDatasetOf({ dataset: datasetTitle({ name: 'gaussian', mean: 0, std: 1, resolution: 8 }), split: 'test', size: 10, resolution: 8 })).toBeUndefined();
});

describe('an extractor stage', () => {
  it('refuses a standard extractor other than the one that ships', async () => {
    const wrong = shop.run(runHere, 'extractor', { extractor: { kind: 'standard', weights: 'f'.repeat(64) } });
    await expect(wrong).rejects.toMatchObject({ code: existsSync(standardExtractorFile) ? 'data.corrupt' : 'data.missing' });
  });

  if (!existsSync(standardExtractorFile)) console.warn(`the standard extractor: not tested here, because there is no ${standardExtractorFile}`);
  (existsSync(standardExtractorFile) ? it : it.skip)('passes on the standard extractor as it ships, with its stated accuracy', async () => {
    const { weights, accuracy } = standardExtractors['fashion-mnist'];
    const outcome = await shop.run(runHere, 'extractor', { extractor: { kind: 'standard', weights } });
    expect(await hashesOf(outcome)).toEqual({ weights });
    // engines differ in the last digits, which may flip a few of 10,000 images
    expect(Math.abs(named(outcome.metrics, 'accuracy').value - accuracy!)).toBeLessThan(0.001);
  });

  it('stops training when its signal aborts', async () => {
    const stop = new AbortController();
    const hooks = { ...recordingHooks(stop.signal), onProgress: () => stop.abort() };
    const task = await shop.task('extractor', { extractor: { kind: 'trained', dataset: 'fashion-mnist', seed: 1, epochs: 1 } });
    await expect(runHere(task, hooks)).rejects.toMatchObject({ code: 'stage.interrupted' });
  });
});

describe('any stage', () => {
  it.each([
    { kind: 'embed', params: { inputRange: 1 }, set: 'weights', inputs: (path: string) => ({ sample: {}, extractor: { weights: path } }) },
    { kind: 'sample', params: sampling, set: 'ema', inputs: (path: string) => ({ train: { weights: path } }) },
  ] as const)('refuses an intact file that lacks the weights to $kind with', async ({ kind, params, set, inputs }) => {
    const { metadata } = await readTensors(pathsOf(trained)['weights']!);
    const path = `${shop.root}/without-${set}.safetensors`;
    await writeFile(path, encodeSafetensors({ tensors: { 'other/bias': { dtype: 'F32', shape: [1], data: Float32Array.of(1) } }, metadata }));
    await expect(shop.run<'embed' | 'sample'>(runHere, kind, params, inputs(path))).rejects.toMatchObject({ code: 'artifact.corrupt', message: expect.stringContaining(`${path} holds no weights named "${set}"`) });
  });

  it('names a missing input', async () => {
    await expect(shop.run(runHere, 'embed', { inputRange: 1 }, { extractor })).rejects.toMatchObject({ code: 'stage.input_missing', message: expect.stringContaining('"images" of its input "sample"') });
  });

  it('refuses another code version', async () => {
    const task = await shop.task('score', { metrics: ['fid'] });
    await expect(runHere({ ...task, codeVersion: 999 }, recordingHooks())).rejects.toMatchObject({ code: 'code.absent', message: expect.stringContaining('code version 999') });
  });

  it('refuses params it does not know', async () => {
    const task = await shop.task('score', { metrics: ['fid'] });
    await expect(runHere({ ...task, params: { metrics: ['beauty'] } }, recordingHooks())).rejects.toMatchObject({ code: 'stage.failed', problems: [expect.objectContaining({ path: 'metrics.0' })] });
  });
});
