import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { networks } from '@elucidate/experiment/design';
import type { StageOutcome } from '@elucidate/experiment/execution';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { samplerSchema } from '@elucidate/experiment/sampling-grammar';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';
import { findPython } from '@elucidate/shell/python.fixture';
import { readImages } from '@elucidate/stages/image-files';
import { packed } from '@elucidate/stages/programs/pack';
import { programFiles } from '@elucidate/stages/programs/program-files';
import { madeProgram } from '@elucidate/stages/programs/program.fixture';
import { pathsOf, runHere, tinyTraining, workshop } from '@elucidate/stages/stages.fixture';
import { readTensors } from '@elucidate/stages/tensor-files';
import { readWeights } from '@elucidate/training/weights-file';

/** The programs of examples/programs beside the built-in engine. */

const examples = resolve(__dirname, '../../../examples/programs');

async function filesOf(name: string): Promise<Record<string, string>> {
  const folder = resolve(examples, name);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.py'));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(resolve(folder, file), 'utf8')] as const)));
}

test('the sweeps name the programs as they are', async () => {
  for (const name of ['unet', 'dit', 'embed']) {
    const folder = resolve(examples, name);
    const hash = createHash('sha256');
    for await (const piece of packed(folder, await programFiles(folder))) hash.update(piece);
    const contents = hash.digest('hex');
    const text = await readFile(resolve(examples, `../program-${name}.yaml`), 'utf8');
    // else: npx elucidate program add
    expect([...new Set(text.match(/\b[0-9a-f]{64}\b/g))]).toEqual([contents]);
    if (name === 'unet') expect(await readFile(resolve(examples, '../../docs/programs.md'), 'utf8')).toContain(`contents: ${contents}`);
    for (const profile of [undefined, 'small']) expect(parseSpec(text, { profile }).seeds.train.length).toBeGreaterThan(0);
  }
});

test('each example has the helper as it is in the client', async () => {
  const helper = await readFile(resolve(examples, '../../clients/python/elucidate/program.py'), 'utf8');
  for (const { name } of (await readdir(examples, { withFileTypes: true })).filter((entry) => entry.isDirectory())) expect([name, (await filesOf(name))['program.py'] === helper]).toEqual([name, true]);
});

const python = findPython(['numpy', 'torch']);
if (python === undefined) console.warn('the example programs: not run here, because no Python 3.9 or newer has numpy and torch (apt install python3-numpy python3-torch)');

(python === undefined ? describe.skip : describe)('the built-in U-Net in PyTorch', () => {
  let shop: Awaited<ReturnType<typeof workshop>>;
  let builtIn: StageOutcome;
  let program: StageOutcome;
  /** With the weights of the built-in network, given to it instead of a training. */
  let brought: StageOutcome;
  beforeAll(async () => {
    shop = await workshop();
    const files = await filesOf('unet');
    const params = tinyTraining({ network: networks.tiny, images: 400, emaRamp: false });
    builtIn = await shop.run(runHere, 'train', params);
    const weights = await readFile(builtIn.outputs['weights']!.path);
    const [made, given] = [await madeProgram(shop.root, files, { network: 'tiny', likeBuiltIn: true }), await madeProgram(shop.root, { ...files, 'given.safetensors': weights }, { network: 'tiny', weights: 'given.safetensors' })];
    const trained = ({ archive, program: spec }: typeof made) => shop.run(runHere, 'train', { ...params, network: { ...spec, command: [python!, 'main.py'] } }, { program: { program: archive } });
    [program, brought] = [await trained(made), await trained(given)];
  });
  afterAll(() => shop.remove());

  const lossesOf = async ({ outputs }: StageOutcome) => (JSON.parse(await readFile(outputs['losses']!.path, 'utf8')) as { losses: number[] }).losses;

  it('from the same weights, in the same order, has the same losses for 50 steps', async () => {
    const [ours, theirs] = [await lossesOf(builtIn), await lossesOf(program)];
    expect(theirs).toHaveLength(50);
    expect(ours.at(-1)!).toBeLessThan(0.7 * ours[0]!);
    expect(Math.max(...theirs.map((loss, step) => Math.abs(loss / ours[step]! - 1)))).toBeLessThan(2e-5);
  });

  it('writes weights of the same names and shapes, and nearly the same values', async () => {
    for (const set of ['weights', 'ema']) {
      const [ours, theirs] = [await readWeights(builtIn.outputs['weights']!.path, set), await readWeights(program.outputs['weights']!.path, set)];
      const shapes = (weights: typeof ours) => Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
      expect(shapes(theirs)).toEqual(shapes(ours));
      const apart = Object.entries(ours).flatMap(([name, { data }]) => Array.from(data, (value, i) => Math.abs(value - theirs[name]!.data[i]!)));
      expect(apart.reduce((sum, x) => sum + x, 0) / apart.length).toBeLessThan(1e-4);
    }
  });

  it('takes weights that it is given, of a built-in network here, in place of a training', async () => {
    for (const set of ['weights', 'ema']) expect(await readWeights(brought.outputs['weights']!.path, set)).toEqual(await readWeights(builtIn.outputs['weights']!.path, set));
  });

  const sampling = (sampler: object): StageParams<'sample'> => stageDefinitions.sample.params.parse({
    sampler: samplerSchema.parse(sampler), steps: 8, discretisation: { kind: 'karras', rho: 7, sigmaMin: 0.02, sigmaMax: 60 }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none',
    clampX0: true, noiseLevel: { kind: 'known' }, guidance: { kind: 'none' }, samples: 16, trajectory: false, seed: 3,
  });

  it.each((process.env['EVERY_SAMPLER'] ? samplerSchema.options.map((option) => option.shape.kind.value) : ['dpmpp-sde']).map((kind) => [kind]))('with the same weights and noise generates the same images with %s', async (kind) => {
    const ours = await shop.run(runHere, 'sample', sampling({ kind }), { train: pathsOf(builtIn) });
    const theirs = await shop.run(runHere, 'sample', sampling({ kind }), { train: pathsOf(brought) });
    const [expected, found] = [await readImages(ours.outputs['images']!.path), await readImages(theirs.outputs['images']!.path)];
    const apart = Array.from(found.data, (value, i) => Math.abs(value - expected.data[i]!));
    expect(new Set(expected.data).size).toBeGreaterThan(20);
    expect(apart.filter((levels) => levels <= 1).length / apart.length).toBeGreaterThanOrEqual(0.999);
  });

  it('is scored by an extractor in PyTorch: features of each image, none the same for all', async () => {
    const { archive, program: spec } = await madeProgram(shop.root, await filesOf('embed'));
    const extractor = pathsOf(await shop.run(runHere, 'extractor', { extractor: { ...spec, command: [python!, 'main.py'] } }, { program: { program: archive } }));
    const sampled = await shop.run(runHere, 'sample', sampling({ kind: 'ddim' }), { train: pathsOf(builtIn) });
    const { outputs, provenance } = await shop.run(runHere, 'embed', { inputRange: 1 }, { sample: pathsOf(sampled), extractor });
    const { shape, data } = (await readTensors(outputs['features']!.path)).tensors['features']!;
    expect(shape).toEqual([16, 224]);
    for (let i = 0; i < 224; i += 1) expect(new Set(Array.from({ length: 16 }, (_, image) => data[224 * image + i])).size).toBeGreaterThan(8);
    expect(Object.keys(provenance.program as object)).toEqual(expect.arrayContaining(['torch', 'numpy']));
  });
});
