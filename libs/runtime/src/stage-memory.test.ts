import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonical } from '@elucidate/experiment/canonical';
import { networks } from '@elucidate/experiment/design';
import type { StageTask } from '@elucidate/experiment/execution';
import type { ProgramSpec } from '@elucidate/experiment/program-grammar';
import { type StageKind, type StageParams, stageKinds } from '@elucidate/experiment/stages';
import { partWeights, unetParts } from '@elucidate/experiment/unet-parts';
import { tinyTraining } from '@elucidate/stages/stages.fixture';
import type { TensorEntry } from '@elucidate/training/safetensors';
import { createTensors } from '@elucidate/training/tensor-parts';
import { mebibyte } from './memory.js';
import { keepHeld, type ProgramUse } from '@elucidate/stages/programs/held-memory';
import { stageBytes } from './stage-memory.js';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'elucidate-memory-')); });
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
/** A file of the given tensors, all zeros: only its header is read. */
async function fileOf(tensors: Record<string, TensorEntry>, metadata: Record<string, string> = {}): Promise<string> {
  const path = join(folder, String(files++));
  await (await createTensors(path, tensors, metadata)).close();
  return path;
}

const floats = (...shape: number[]): TensorEntry => ({ dtype: 'F32', shape });
const doubles = (...shape: number[]): TensorEntry => ({ dtype: 'F64', shape });

async function trained(name: 'tiny' | 'small' | 'base' | 'large', resolution: 16 | 32 | 64): Promise<StageTask['inputs']> {
  const network = networks[name];
  const weights = unetParts(network, resolution, 1).reduce((sum, part) => sum + partWeights(part), 0);
  const params = tinyTraining({ network, dataset: { name: 'fashion-mnist', resolution } });
  return { train: { weights: await fileOf({ ema: floats(weights), weights: floats(weights) }, { params: canonical(params) }) } };
}

const averaging = { ema: { kind: 'power', std: 0.07 } };

/** The same with two snapshots of each part of the network. */
async function snapshotsOf(name: 'tiny' | 'base' | 'large', resolution: 16 | 32): Promise<StageTask['inputs']> {
  const { train } = await trained(name, resolution);
  const parts = unetParts(networks[name], resolution, 1).map((part, i) => [`track0/${i}`, floats(2, partWeights(part))] as const);
  return { train: { ...train, snapshots: await fileOf(Object.fromEntries(parts)) } };
}

const classifier = async () => ({ extractor: { weights: await fileOf({ weights: floats(64, 64) }) } });
const identity = async () => ({ extractor: { weights: await fileOf({}) } });
const imagesOf = async (n: number, size: number, steps = 0) => ({
  sample: { images: await fileOf({ images: { dtype: 'U8', shape: [n, size, size, 1] }, ...(steps > 0 && { trajectory: { dtype: 'U8', shape: [steps, n, size, size, 1] } as const }) }) },
});
const featuresOf = async (n: number, d: number): Promise<StageTask['inputs']> => ({
  embed: { features: await fileOf({ features: floats(n, d) }) },
  reference: { features: await fileOf({ test: floats(10_000, d), train: floats(10_000, d) }), statistics: await fileOf({ mean: doubles(d), factor: doubles(d, d), eigenvalues: doubles(d) }) },
});

const standard = { extractor: { kind: 'standard', weights: '0'.repeat(64) } };
const reference = (resolution: number) => ({ dataset: { name: 'fashion-mnist', resolution }, inputRange: 1 });
const sampling = (samples: number): object => ({
  sampler: { kind: 'ddim' }, steps: 2, discretisation: { kind: 'uniform-t' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: true, noiseLevel: { kind: 'known' },
  guidance: { kind: 'none' }, trajectory: false, samples, seed: 1,
});

const choosing = { sampler: { kind: 'euler' }, steps: 3, discretisation: { kind: 'optimised', sigmaMin: 0.02, sigmaMax: 20, images: 64 }, clampX0: false, guidance: { kind: 'none' } };

const estimatorOf = (batch: number): object => ({
  dataset: { name: 'fashion-mnist', resolution: 32 }, inputScale: 1, dataRange: 1, estimator: { channels: [32, 64, 128], groups: 8, images: 100_000, batch, learningRate: 1e-3, seed: 1 },
});

/** Peak resident memory of a process that ran one stage, MiB, one thread, AMD EPYC, Node 20.20. */
const measured: [what: string, mebibytes: number, stage: { kind: StageKind; params: object; engine?: string; inputs?: () => Promise<StageTask['inputs']> }][] = [
  ['the standard extractor', 325, { kind: 'extractor', params: standard }],
  ['training an extractor', 343, { kind: 'extractor', params: { extractor: { kind: 'trained', dataset: 'fashion-mnist', seed: 1, epochs: 1 } } }],
  ['no extractor', 97, { kind: 'extractor', params: { extractor: { kind: 'identity' } } }],
  ['a reference of 32 x 32', 395, { kind: 'reference', params: reference(32), inputs: classifier }],
  ['a reference of 64 x 64', 633, { kind: 'reference', params: reference(64), inputs: classifier }],
  ['a reference of the pixels of 16 x 16', 325, { kind: 'reference', params: reference(16), inputs: identity }],
  ['samples of tiny, 16 x 16', 160, { kind: 'sample', params: sampling(256), inputs: () => trained('tiny', 16) }],
  ['samples of tiny, 64 x 64', 737, { kind: 'sample', params: sampling(64), inputs: () => trained('tiny', 64) }],
  ['samples of base, 32 x 32', 727, { kind: 'sample', params: sampling(64), inputs: () => trained('base', 32) }],
  ['samples of large, 32 x 32, with their trajectory', 955, { kind: 'sample', params: { ...sampling(64), trajectory: true }, inputs: () => trained('large', 32) }],
  ['samples of small on wasm', 476, { kind: 'sample', params: sampling(64), engine: 'wasm', inputs: () => trained('small', 32) }],
  ['levels of tiny, 16 x 16', 176, { kind: 'levels', params: choosing, inputs: () => trained('tiny', 16) }],
  ['an average of tiny', 148, { kind: 'average', params: averaging, inputs: () => snapshotsOf('tiny', 16) }],
  ['an average of base', 199, { kind: 'average', params: averaging, inputs: () => snapshotsOf('base', 32) }],
  ['an average of large', 291, { kind: 'average', params: averaging, inputs: () => snapshotsOf('large', 32) }],
  ['a noise-level estimator', 713, { kind: 'noise-level', params: estimatorOf(256) }],
  ['a noise-level estimator on wasm', 818, { kind: 'noise-level', params: estimatorOf(64), engine: 'wasm' }],
  ['a reference of 32 x 32 on wasm', 330, { kind: 'reference', params: reference(32), engine: 'wasm', inputs: classifier }],
  ['features of 256 images', 148, { kind: 'embed', params: { inputRange: 1 }, inputs: async () => ({ ...await imagesOf(256, 16), ...await classifier() }) }],
  ['features of 64 images', 116, { kind: 'embed', params: { inputRange: 1 }, inputs: async () => ({ ...await imagesOf(64, 32), ...await classifier() }) }],
  ['the pixels of 1024 images', 97, { kind: 'embed', params: { inputRange: 1 }, inputs: async () => ({ ...await imagesOf(1024, 16), ...await identity() }) }],
  ['scores of 64 features', 130, { kind: 'score', params: { metrics: ['fid', 'kid'] }, inputs: () => featuresOf(64, 64) }],
  ['scores of 256 features', 150, { kind: 'score', params: { metrics: ['fid', 'kid'] }, inputs: () => featuresOf(1024, 256) }],
];

const estimate = async ({ kind, params, engine = 'simd', inputs = async () => ({}) }: (typeof measured)[number][2]) => await stageBytes({ kind, params, inputs: await inputs() }, engine, { home: folder }) / mebibyte;

/** What a stage counts as if its params or files cannot be read, MiB. */
const unreadable = 800;

describe('stageBytes', () => {
  it.each(measured)('estimates what %s used within a quarter: %d MiB', async (_, mebibytes, stage) => {
    expect(Math.abs(await estimate(stage) / mebibytes - 1)).toBeLessThan(1 / 4);
  });

  it('grows with what a stage has in memory at one time, and not with the steps of a trajectory', async () => {
    const pixels = async (n: number, steps = 0) => estimate({ kind: 'embed', params: { inputRange: 1 }, inputs: async () => ({ ...await imagesOf(n, 32, steps), ...await identity() }) });
    expect(await pixels(50_000)).toBeGreaterThan(400);
    expect(await pixels(1000, 100)).toBe(await pixels(1000));
    const wide = await estimate({ kind: 'score', params: { metrics: ['fid'] }, inputs: () => featuresOf(1000, 4096) });
    expect(wide).toBeGreaterThan(1000);
  });

  it('of training includes the data set', async () => {
    const train = (resolution: 16 | 64): StageParams<'train'> => tinyTraining({ dataset: { name: 'fashion-mnist', resolution } });
    expect(await estimate({ kind: 'train', params: train(64) }) - await estimate({ kind: 'train', params: train(16) })).toBeGreaterThan(70_000 * (64 ** 2 - 16 ** 2) / mebibyte - 1);
  });

  it('of a score by classes or of memorisation includes the data set, whose labels or images it reads', async () => {
    const of = async (dataset: string): Promise<StageTask['inputs']> => {
      const { embed, reference } = await featuresOf(1000, 64);
      const evaluator = { weights: 'w', layer: 'x', inputRange: [-1, 1], resize: 'none', reference: { dataset, split: 'test', size: 10_000, resolution: 64 }, metricVersion: 2 };
      return { embed: embed!, reference: { ...reference, statistics: await fileOf({ mean: doubles(64), factor: doubles(64, 64), eigenvalues: doubles(64) }, { evaluator: canonical(evaluator) }) } };
    };
    const needed = (metrics: readonly string[], dataset: string) => estimate({ kind: 'score', params: { metrics }, inputs: () => of(dataset) });
    const fid = await needed(['fid'], 'fashion-mnist');
    for (const metric of ['classcoverage', 'ct']) expect(await needed(['fid', metric], 'fashion-mnist') - fid).toBeGreaterThan(70_000 * 64 ** 2 / mebibyte);
    expect(await needed(['fid', 'classcoverage'], `folder ${'a'.repeat(64)}, colour`) - fid).toBeGreaterThanOrEqual(60_000 * 3 * 64 ** 2 / mebibyte);
  });

  it.each(stageKinds)('of a %s stage whose params cannot be read is a guess, not an error', async (kind) => {
    expect(await estimate({ kind, params: { unknown: 1 } })).toBe(unreadable);
  });

  it.each([
    ['sample', sampling(64), { train: { weights: '/nowhere' } }],
    ['embed', { inputRange: 1 }, { sample: { images: '/nowhere' } }],
    ['score', { metrics: ['fid'] }, { embed: { features: '/nowhere' } }],
  ] as const)('of a %s stage whose input files cannot be read is a guess, not an error', async (kind, params, inputs) => {
    expect(await estimate({ kind, params, inputs: async () => inputs })).toBe(unreadable);
  });

  it('of sampling counts the weights of every network it loads', async () => {
    const train = (await trained('large', 16))['train']!;
    const needed = (inputs: StageTask['inputs']) => estimate({ kind: 'sample', params: sampling(64), inputs: async () => inputs });
    expect(await needed({ train, guide: train }) - await needed({ train })).toBeGreaterThan(2 * 4 * 10_715_041 / mebibyte);
  });

  it('of guided sampling counts the feature maps of the larger network, whichever guides', async () => {
    const [small, large] = [(await trained('tiny', 64))['train']!, (await trained('base', 64))['train']!];
    const needed = (inputs: StageTask['inputs']) => estimate({ kind: 'sample', params: sampling(64), inputs: async () => inputs });
    expect(await needed({ train: small, guide: large })).toBe(await needed({ train: large, guide: small }));
    expect(await needed({ train: small, guide: large })).toBeGreaterThan(await needed({ train: large }));
  });
});

describe('stageBytes of a program', () => {
  const program: ProgramSpec & { kind: 'program' } = { kind: 'program', contents: 'a'.repeat(64), command: ['python3', 'main.py'], settings: { width: 8 } };
  const params = tinyTraining({ network: program });
  const training = async () => ({ train: { training: await fileOf({}, { params: canonical(params) }) } });
  const extractor = async () => ({ extractor: { weights: await fileOf({}, { extractor: canonical(program) }) } });
  const images = { size: 16, channels: 1 };

  it.each<[StageKind, object, () => Promise<StageTask['inputs']>, ProgramUse]>([
    ['train', params, async () => ({}), { program, kind: 'train', ...images, images: params.batch }],
    ['sample', sampling(64), training, { program, kind: 'sample', ...images, images: 64 }],
    ['reference', reference(16), extractor, { program, kind: 'embed', ...images }],
    ['embed', { inputRange: 1 }, async () => ({ ...await imagesOf(64, 16), ...await extractor() }), { program, kind: 'embed', ...images }],
  ])('of a %s stage is what it may hold, and once one like it has run what that held', async (kind, of, inputs, use) => {
    const home = await mkdtemp(join(folder, 'home-'));
    const needed = async (programs?: { memoryBytes: number }) => Math.round(await stageBytes({ kind, params: of, inputs: await inputs() }, 'simd', { home, programs }) / mebibyte);
    const unseen = await needed();
    expect(await needed({ memoryBytes: 5000 * mebibyte }) - unseen).toBe(5000 - 2048);
    await keepHeld(home, { ...use, program: { ...program, settings: { width: 64 } } }, 9000 * mebibyte);
    expect(await needed()).toBe(unseen);
    await keepHeld(home, use, 4000 * mebibyte);
    await keepHeld(home, use, 100 * mebibyte);
    expect(await needed() - unseen).toBe(5000 - 2048);
    expect(await needed({ memoryBytes: 4500 * mebibyte }) - unseen).toBe(4500 - 2048);
  });
});
