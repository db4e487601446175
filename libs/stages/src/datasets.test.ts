import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@elucidate/diffusion/noise';
import { startEngine, type Engine } from '@elucidate/engine/start';
import { datasetSchema } from '@elucidate/experiment/dataset-grammar';
import type { StageTask } from '@elucidate/experiment/execution';
import type { StageKind, StageParams } from '@elucidate/experiment/stages';
import { frechetDistance } from '@elucidate/metrics/fid';
import { statistics } from '@elucidate/metrics/statistics';
import type { FeatureExtractor } from '@elucidate/training/feature-extractor';
import { features } from '@elucidate/training/features';
import { type Images, sliceImages } from '@elucidate/training/images';
import type { StageResults, RunStage, StageContext } from './context.js';
import { runEmbed } from './embed.js';
import { readExtractor } from './extractor-file.js';
import { runExtractor } from './extractor.js';
import { outputFile } from './files.js';
import { createImages, openImages } from './image-files.js';
import { realImages } from './real-images.js';
import { runReference } from './reference.js';
import { pathsOf, recordingHooks, testHome, workshop } from './stages.fixture.js';
import { featuresOf, featuresOfSteps, readTensors } from './tensor-files.js';

let shop: Awaited<ReturnType<typeof workshop>>;
let engine: Engine;

beforeAll(async () => {
  engine = await startEngine({ backend: 'wasm' });
  shop = await workshop();
});
afterAll(() => shop.remove());

const context = (): StageContext => ({ ...recordingHooks(), engine, home: testHome });

/** Runs a stage here, and returns its outputs as inputs of another. */
async function ran<K extends StageKind>(run: RunStage<K>, kind: K, params: StageParams<K>, inputs: StageTask['inputs'] = {}): Promise<StageResults & { paths: Record<string, string> }> {
  const found = await run(params, await shop.task(kind, params, inputs), context());
  return { ...found, paths: pathsOf(found as Parameters<typeof pathsOf>[0]) };
}

const gaussian = datasetSchema.parse({ name: 'gaussian', mean: 0.3, std: 0.5, resolution: 4 });

async function sampledFile(images: Images, steps: readonly Images[] = []): Promise<Record<string, string>> {
  const task = await shop.task('score', { metrics: ['fid'] });
  const { path } = outputFile(task, 'images.safetensors');
  const file = await createImages(path, { ...images, floats: images.data instanceof Float32Array }, steps.length);
  // one step after another, the later half of each first
  for (const [step, of] of steps.entries()) for (const from of [Math.floor(of.count / 2), 0]) await file.putStep(step, from, sliceImages(of, from, from === 0 ? Math.floor(of.count / 2) : of.count));
  await file.putImages(images);
  await file.close();
  return { images: path };
}

const drawn = (count: number, { mean, std }: { mean: number; std: number }): Images<Float32Array> => {
  const random = randomStream([5, 5]);
  return { count, size: 4, channels: 1, data: Float32Array.from({ length: 16 * count }, () => mean + std * random.normal()) };
};

describe('identity features of synthetic data', () => {
  it('give other data of the same kind the FID of the closed form of two Gaussians', async () => {
    const { paths: extractor } = await ran(runExtractor, 'extractor', { extractor: { kind: 'identity' } });
    const { paths: reference } = await ran(runReference, 'reference', { dataset: gaussian, inputRange: 1 }, { extractor });
    const { paths: embedded } = await ran(runEmbed, 'embed', { inputRange: 1 }, { sample: await sampledFile(drawn(10_000, { mean: 0.5, std: 0.7 })), extractor });
    const of = async (path: string, name: string) => statistics(featuresOf(await readTensors(path), name, path));
    const [real, made] = [await of(reference['features']!, 'test'), await of(embedded['features']!, 'features')];
    // 16 independent pixels, each (0.5 - 0.3)^2 + (0.7 - 0.5)^2
    expect(frechetDistance(made, real) / (16 * 0.08)).toBeCloseTo(1, 1);
    expect(frechetDistance(await of(reference['features']!, 'train'), real)).toBeLessThan(0.01);
  });
});

describe('an embed stage', () => {
  it.each([
    ['floats', (count: number): Images => drawn(count, { mean: 0, std: 1 })],
    ['colour bytes', (count: number): Images => ({ count, size: 8, channels: 3, data: Uint8Array.from({ length: count * 192 }, (_, i) => (i * 31) % 256) })],
  ])('gives the features of every step of %s beside those of the images', async (_, make) => {
    const [images, ...steps] = [make(3), make(3), make(3)];
    const { paths: extractor } = await ran(runExtractor, 'extractor', { extractor: { kind: 'identity' } });
    const sample = await sampledFile(images!, steps);
    const kept = await openImages(sample['images']!);
    for (const [set, of] of [images, ...steps].entries()) expect(await kept.read(set)).toEqual(of);
    await kept.close();
    const { paths: embedded } = await ran(runEmbed, 'embed', { inputRange: 1 }, { sample, extractor });
    const file = await readTensors(embedded['features']!);
    const final = featuresOf(file, 'features', '');
    expect(featuresOfSteps(file, 'trajectory', '')).toEqual([final, final]);
    expect(final).toMatchObject({ n: 3, d: images!.size ** 2 * images!.channels });
  });
});

describe('an extractor stage', () => {
  it('of a random network gives the same bytes for the same seed, different ones for another, and no accuracy', async () => {
    const bytes = async (seed: number) => (await readTensors((await ran(runExtractor, 'extractor', { extractor: { kind: 'random', seed, channels: 3 } })).paths['weights']!)).tensors;
    expect(await bytes(1)).toEqual(await bytes(1));
    expect(await bytes(2)).not.toEqual(await bytes(1));
    expect((await ran(runExtractor, 'extractor', { extractor: { kind: 'identity' } })).metrics).toEqual([]);
  });
});

describe('an untrained network', () => {
  it('distinguishes clothes from the same pixels in another order, but not from other clothes', async () => {
    const { paths } = await ran(runExtractor, 'extractor', { extractor: { kind: 'random', seed: 1, channels: 1 } });
    const extractor = (await readExtractor(paths['weights']!)).extractor as FeatureExtractor;
    const clothes = await realImages(datasetSchema.parse({ name: 'fashion-mnist', resolution: 16 }), 'test', context());
    const of = async (images: Images) => statistics(await features(extractor, images));
    const [some, others] = [sliceImages(clothes, 0, 500), sliceImages(clothes, 500, 1000)];
    const shuffled = { ...others, data: others.data.map((_, i, all) => all[256 * Math.floor(i / 256) + ((77 * i) % 256)]!) };
    const real = await of(some);
    expect(frechetDistance(await of(shuffled), real)).toBeGreaterThan(10 * frechetDistance(await of(others), real));
  });
});

describe('real images', () => {
  it('of a folder that was not imported are an error that names its contents', async () => {
    const home = await mkdtemp(join(tmpdir(), 'elucidate-home-'));
    const dataset = datasetSchema.parse({ name: 'folder', contents: 'c'.repeat(64) });
    await expect(realImages(dataset, 'train', { ...context(), home })).rejects.toMatchObject({ code: 'data.missing', message: expect.stringContaining('c'.repeat(64)) });
    await expect(realImages(datasetSchema.parse({ name: 'folder', path: '/somewhere' }), 'train', context())).rejects.toMatchObject({ code: 'stage.failed', message: expect.stringContaining('contents') });
    await rm(home, { recursive: true });
  });
});
