import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startEngine } from '@elucidate/engine/start';
import { previewFile, type ExecuteStage, type StageOutcome } from '@elucidate/experiment/execution';
import { samplerSchema } from '@elucidate/experiment/sampling-grammar';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';
import { readImages } from '../image-files.js';
import { runStage } from '../registry.js';
import { readTensors } from '../tensor-files.js';
import { pathsOf, recordingHooks, runHere, tinyTraining, workshop } from '../stages.fixture.js';
import { heldBytes } from './held-memory.js';
import type { ProgramLimits } from './limits.js';
import { gaussianProgram, hostileProgram, madeProgram, rowsExtractor } from './program.fixture.js';

const dataset = { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 4 } as const;

let shop: Awaited<ReturnType<typeof workshop>>;
let gaussian: Awaited<ReturnType<typeof madeProgram>>;
let hostile: Awaited<ReturnType<typeof madeProgram>>;
beforeAll(async () => {
  shop = await workshop();
  gaussian = await madeProgram(shop.root, gaussianProgram);
  hostile = await madeProgram(shop.root, hostileProgram);
});
afterAll(() => shop.remove());

const runWith = (programs: ProgramLimits): ExecuteStage => async (task, hooks) => runStage(task, { ...hooks, engine: await startEngine({ backend: 'auto', threads: 1 }), home: shop.root, programs });
const run = runWith({ environment: [] });

const sampling = (changes: Partial<StageParams<'sample'>>): StageParams<'sample'> => stageDefinitions.sample.params.parse({
  sampler: samplerSchema.parse({ kind: 'heun' }), steps: 6, discretisation: { kind: 'karras', rho: 7, sigmaMin: 0.002, sigmaMax: 80 }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none',
  clampX0: false, noiseLevel: { kind: 'known' }, guidance: { kind: 'none' }, samples: 70, trajectory: false, seed: 3, ...changes,
});

describe('a network that is a program', () => {
  const trainingOf = (network: StageParams<'train'>['network']) => tinyTraining({ dataset, network, parameterisation: 'edm', images: 40, seed: 2 });
  /** With exactly the data's parameters, as the exact denoiser has them. */
  const exactly = () => ({ ...gaussian.program, settings: { mean: dataset.mean, std: dataset.std } });
  let trained: StageOutcome;
  let exact: StageOutcome;
  beforeAll(async () => {
    trained = await shop.run(run, 'train', trainingOf(exactly()), { program: { program: gaussian.archive } });
    exact = await shop.run(runHere, 'train', trainingOf({ kind: 'exact' }));
  });

  it('is trained on images and a design: its weights are kept as they are, with the losses of its steps', async () => {
    const { outputs, metrics, provenance } = await shop.run(run, 'train', trainingOf(gaussian.program), { program: { program: gaussian.archive } });
    const { mean, std } = JSON.parse(await readFile(outputs['weights']!.path, 'utf8')) as { mean: number; std: number };
    expect(mean).toBeCloseTo(dataset.mean, 2);
    expect(std).toBeCloseTo(dataset.std, 2);
    const { losses } = JSON.parse(await readFile(outputs['losses']!.path, 'utf8')) as { losses: number[] };
    expect(losses).toHaveLength(5);
    // EDM's F has unit variance given y nowhere above 1
    expect(losses.every((loss) => loss > 0 && loss < 1.1)).toBe(true);
    expect(metrics).toEqual([expect.objectContaining({ name: 'loss', value: losses.at(-1) })]);
    expect(provenance.program).toEqual({ node: process.version, device: 'cpu' });
    expect(Object.keys(outputs).sort()).toEqual(['losses', 'program', 'training', 'weights']);
    // where its worker looks for it; no output
    expect(await readFile(join(dirname(outputs['weights']!.path), previewFile), 'utf8')).toBe('a picture');
  });

  it.each<[string, Partial<StageParams<'sample'>>]>([
    ['heun', {}],
    ['ddpm, from unit noise, clamped', { sampler: { kind: 'ddpm', variance: 'small' }, discretisation: { kind: 'uniform-t', start: 0.99 }, clampX0: 0.4 }],
    ['the lesson\'s ddim', { sampler: { kind: 'ddim', eta: 1, noiseFrom: 'network', quietBelow: 0.01 }, discretisation: { kind: 'uniform-t', start: 0.9 }, clampX0: true }],
    ['dpmpp-3m-sde', { sampler: { kind: 'dpmpp-3m-sde', eta: 1, sNoise: 1.01 } }],
    ['unipc without its first call, to a level above 0', { sampler: samplerSchema.parse({ kind: 'unipc', analyticFirst: true }), discretisation: { kind: 'list', levels: [20, 3, 0.5, 0.05], in: 'sigma', denoiseToZero: false } }],
    ['heun along VP with churn', { sampler: samplerSchema.parse({ kind: 'heun', sChurn: 10 }), samplingSchedule: { kind: 'vp', betaMin: 0.1, betaD: 19.9 }, samplingScaling: 'vp' }],
  ])('generates with %s the images of the built-in engine', async (_, changes) => {
    const params = sampling(changes);
    const ours = await shop.run(runHere, 'sample', params, { train: pathsOf(exact) });
    const theirs = await shop.run(run, 'sample', params, { train: pathsOf(trained) });
    const [expected, found] = [await readImages(ours.outputs['images']!.path), await readImages(theirs.outputs['images']!.path)];
    expect({ ...found, data: [] }).toEqual({ ...expected, data: [] });
    // the engine computes in float32, from levels of up to 80
    expect(Math.max(...Array.from(found.data, (value, i) => Math.abs(value - expected.data[i]!)))).toBeLessThan(1e-4);
    const value = (outcome: StageOutcome, name: string) => outcome.metrics.find((metric) => metric.name === name)!.value;
    expect(value(theirs, 'nfe')).toBe(value(ours, 'nfe'));
    expect(theirs.outputs['sheet']!.mediaType).toBe('image/png');
  });

  it('generates pixels that are no numbers: has diverged', async () => {
    const broken = await shop.run(run, 'train', trainingOf({ ...gaussian.program, settings: { mean: 'none' } }), { program: { program: gaussian.archive } });
    await expect(shop.run(run, 'sample', sampling({}), { train: pathsOf(broken) })).rejects.toMatchObject({ code: 'stage.diverged', message: expect.stringMatching(/pixel of image 0/) as string });
  });
});

describe('a program that misbehaves', () => {
  const train = async (settings: Record<string, string | number>, { command = ['node', 'main.mjs'], limits = { environment: [] } as ProgramLimits, hooks = recordingHooks() } = {}) => {
    const task = await shop.task('train', tinyTraining({ dataset, network: { ...hostile.program, command, settings } }), { program: { program: hostile.archive } });
    return { task, hooks, outcome: runWith(limits)(task, hooks) };
  };
  const failing = async (...args: Parameters<typeof train>) => {
    const { outcome, hooks } = await train(...args);
    return Object.assign((await outcome.then(() => undefined, (error: unknown) => error)) as { code: string; message: string; retryable: boolean }, { lines: hooks.lines });
  };
  const pidIn = async (lines: readonly string[]): Promise<number> => {
    for (;;) {
      const found = lines.map((line) => /^pid (\d+)$/.exec(line)?.[1]).find((pid) => pid !== undefined);
      if (found !== undefined) return Number(found);
      await wait(20);
    }
  };
  /** A zombie, which waits for its parent, is not. */
  const isAlive = async (pid: number) => !/^\d+ \(.*\) Z|^$/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));

  /** What was killed is there until the kernel has ended it. */
  const untilGone = async (pid: number): Promise<void> => {
    while (await isAlive(pid)) await wait(20);
  };

  it.each<[string, { code: string; retryable: boolean }, RegExp]>([
    ['nothing', { code: 'stage.failed', retryable: false }, /exit code 0, but its weights are not there.*paths\.weights/],
    ['not finite', { code: 'stage.diverged', retryable: false }, /not finite at step 2/],
    ['losses as a pipe', { code: 'stage.failed', retryable: false }, /no file; write a JSON array/],
    ['wrong losses', { code: 'stage.failed', retryable: false }, /JSON array/],
    ['killed', { code: 'stage.crashed', retryable: true }, /SIGKILL, perhaps because memory ran out/],
    ['error', { code: 'stage.failed', retryable: false }, /exit code 1[^]*program check[^]*TypeError: of the program/],
  ])('%s: %j', async (act, expected, message) => {
    expect(await failing({ do: act })).toMatchObject({ ...expected, message: expect.stringMatching(message) as string });
  });

  it('has no interpreter: names it, and what to do', async () => {
    expect(await failing({}, { command: ['python-that-is-not-there', 'main.mjs'] })).toMatchObject({ code: 'program.needs_missing', message: expect.stringMatching(/no python-that-is-not-there \(PATH is .*install it here/) as string });
    expect(await failing({}, { command: ['/opt/nowhere/python3', 'main.mjs'] })).toMatchObject({ code: 'program.needs_missing', message: expect.stringMatching(/no \/opt\/nowhere\/python3; install it here/) as string });
    expect(await failing({}, { command: ['./main.mjs'] })).toMatchObject({ code: 'stage.failed', message: expect.stringMatching(/mark it executable/) as string });
  });

  it('floods its output: the log stays small, and says what is left out', async () => {
    const { outcome, hooks } = await train({ do: 'flood' });
    expect((await outcome).outputs['weights']).toBeDefined();
    expect(hooks.lines.length).toBeLessThan(20_000);
    expect(hooks.lines.some((line) => /\d+ lines left out/.test(line))).toBe(true);
    expect(Math.max(...hooks.lines.map(({ length }) => length))).toBeLessThan(10_000);
  });

  it('names more versions than are kept: the first twenty are', async () => {
    const { outcome } = await train({ do: 'versions' });
    const { program } = (await outcome).provenance as { program: Record<string, string> };
    expect(Object.entries(program)).toEqual(Array.from({ length: 20 }, (_, i) => [`k${i}`, i === 3 ? 'another' : 'v']));
  });

  it('leaves a process behind: it is ended', async () => {
    const { outcome, hooks } = await train({ do: 'orphan' });
    await outcome;
    await untilGone(await pidIn(hooks.lines));
  });

  it('hangs and ignores SIGTERM: it is killed', async () => {
    const stop = new AbortController();
    const hooks = recordingHooks(stop.signal);
    const { outcome } = await train({ do: 'hang' }, { hooks });
    const pid = await pidIn(hooks.lines);
    stop.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'stage.interrupted', message: expect.stringMatching(/before it said that it had a checkpoint/) as string });
    await untilGone(pid);
    // what it held until then is not what it needs
    expect(await heldBytes(shop.root, { program: { ...hostile.program, settings: { do: 'hang' } }, kind: 'train', size: 4, channels: 1, images: 8 })).toBeUndefined();
  });

  it('takes longer than it may', async () => {
    expect(await failing({ do: 'resume' }, { limits: { environment: [], runMs: 300 } })).toMatchObject({ code: 'stage.stalled', retryable: true, message: expect.stringMatching(/ELUCIDATE_PROGRAM_MINUTES/) as string });
  });

  it('takes more memory than it may: what it held is known when it is tried again', async () => {
    const use = { program: { ...hostile.program, settings: { do: 'memory' } }, kind: 'train', size: 4, channels: 1, images: 8 } as const;
    expect(await heldBytes(shop.root, use)).toBeUndefined();
    expect(await failing({ do: 'memory' }, { limits: { environment: [], memoryBytes: 300e6 } })).toMatchObject({ code: 'engine.out_of_memory', retryable: true, message: expect.stringMatching(/ELUCIDATE_PROGRAM_MEMORY/) as string });
    expect(await heldBytes(shop.root, use)).toBeGreaterThan(300e6);
    expect(await heldBytes(shop.root, { ...use, images: 16 })).toBeUndefined();
  });

  it('is stopped: it writes a checkpoint, from which the next attempt goes on', async () => {
    const stop = new AbortController();
    const hooks = recordingHooks(stop.signal);
    const { task, outcome } = await train({ do: 'resume' }, { hooks });
    const pid = await pidIn(hooks.lines);
    stop.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'stage.interrupted', message: expect.stringMatching(/goes on from its checkpoint/) as string });
    expect(await isAlive(pid)).toBe(false);
    const again = await run(task, recordingHooks());
    expect(await readFile(again.outputs['weights']!.path, 'utf8')).toBe('after a checkpoint');
  });

  it('sees nothing of the environment that it is not to see', async () => {
    Object.assign(process.env, { DATABASE_URL: 'postgres://a:b@c/d', ELUCIDATE_KEY: 'k', HF_TOKEN: 't', CUDA_VISIBLE_DEVICES: '1' });
    const { outcome } = await train({ do: 'environment' }, { limits: { environment: ['HF_TOKEN'] } });
    const seen = JSON.parse(await readFile((await outcome).outputs['weights']!.path, 'utf8')) as Record<string, string>;
    for (const name of ['DATABASE_URL', 'ELUCIDATE_KEY', 'HF_TOKEN', 'CUDA_VISIBLE_DEVICES']) delete process.env[name];
    expect(seen).toMatchObject({ HF_TOKEN: 't', CUDA_VISIBLE_DEVICES: '1', OMP_NUM_THREADS: '1', PYTHONUNBUFFERED: '1' });
    expect(Object.keys(seen).filter((name) => /DATABASE|KEY|NODE/.test(name))).toEqual([]);
  });
});

describe('an extractor that is a program', () => {
  it('has its features under every metric: those of real and generated images, in one fingerprint', async () => {
    const { archive, program } = await madeProgram(shop.root, rowsExtractor);
    const extracted = await shop.run(run, 'extractor', { extractor: program }, { program: { program: archive } });
    const extractor = pathsOf(extracted);
    expect(Object.keys(extractor).sort()).toEqual(['program', 'weights']);
    const reference = await shop.run(run, 'reference', { dataset, inputRange: 1 }, { extractor });
    const exact = await shop.run(runHere, 'train', tinyTraining({ dataset, network: { kind: 'exact' }, parameterisation: 'edm' }));
    const sampled = await shop.run(runHere, 'sample', sampling({ steps: 20, samples: 300 }), { train: pathsOf(exact) });
    const embedded = await shop.run(run, 'embed', { inputRange: 1 }, { sample: pathsOf(sampled), extractor });
    const { metrics } = await shop.run(run, 'score', { metrics: ['fid'] }, { embed: pathsOf(embedded), reference: pathsOf(reference), sample: pathsOf(sampled) });
    const fid = Object.fromEntries(metrics.map(({ name, value, evaluator }) => [name, { value, evaluator }]));
    // samples of the exact denoiser are as near to real images as other real images are
    expect(fid['fid']!.value).toBeLessThan(2 * fid['fid_real']!.value + 0.02);
    expect(fid['fid']!.evaluator).toMatch(/^[0-9a-f]{64}$/);
    expect(embedded.provenance.program).toEqual({ node: process.version });

    const { data, shape } = (await readTensors(embedded.outputs['features']!.path)).tensors['features']!;
    expect(shape).toEqual([300, 8]);
    const pixels = (await readImages(sampled.outputs['images']!.path)).data;
    const mean = (pixels[16]! + pixels[17]! + pixels[18]! + pixels[19]!) / 4;
    expect(Number(data[8])).toBeCloseTo(mean, 5);
  });

  it.each([['width', /features.*F32 \[16, any\].*\[16, 8\]|no safetensors file/], ['nan', /A feature of image 0 that the program computed is no finite number/]] as const)('is refused for wrong features: %s', async (wrong, message) => {
    const { archive, program } = await madeProgram(shop.root, rowsExtractor, { wrong });
    const extractor = pathsOf(await shop.run(run, 'extractor', { extractor: program }, { program: { program: archive } }));
    const exact = await shop.run(runHere, 'train', tinyTraining({ dataset, network: { kind: 'exact' }, parameterisation: 'edm' }));
    const sampled = await shop.run(runHere, 'sample', sampling({ steps: 2, samples: 16 }), { train: pathsOf(exact) });
    await expect(shop.run(run, 'embed', { inputRange: 1 }, { sample: pathsOf(sampled), extractor })).rejects.toMatchObject({ code: 'stage.failed', message: expect.stringMatching(message) as string });
  });
});
