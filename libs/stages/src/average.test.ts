import { readFile } from 'node:fs/promises';
import { stageDefinitions } from '@elucidate/experiment/stages';
import { decodeSafetensors } from '@elucidate/training/safetensors';
import { readWeights } from '@elucidate/training/weights-file';
import { readImages } from './image-files.js';
import { hashesOf, pathsOf, runHere, tinyTraining, workshop } from './stages.fixture.js';

const data = { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 4 } as const;
const training = (changes: object) => tinyTraining({ dataset: data, network: stageDefinitions.train.params.shape.network.parse({ channels: [4], blocks: 1, groups: 1 }), images: 93, ...changes });
const average = (ema: object) => stageDefinitions.average.params.parse({ ema });
const sampling = stageDefinitions.sample.params.parse({
  sampler: { kind: 'euler' }, steps: 2, discretisation: { kind: 'karras' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: false, noiseLevel: { kind: 'known' }, guidance: { kind: 'autoguidance', scale: 2, images: 24 }, trajectory: false, samples: 5, seed: 3,
});

let shop: Awaited<ReturnType<typeof workshop>>;
beforeAll(async () => { shop = await workshop(); });
afterAll(() => shop.remove());

const tensorsIn = async (path: string) => decodeSafetensors(await readFile(path), path).tensors;

test('a training that keeps snapshots is otherwise the same, and sampling takes the average that is made of them, or the last weights', async () => {
  const train = pathsOf(await shop.run(runHere, 'train', training({ emaSnapshots: 8 })));
  const plain = pathsOf(await shop.run(runHere, 'train', training({})));
  expect(Object.keys(train)).toEqual([...Object.keys(plain), 'snapshots']);
  expect(await tensorsIn(train['weights']!)).toEqual(await tensorsIn(plain['weights']!));

  const of = async (ema: object) => shop.run(runHere, 'average', average(ema), { train });
  const [short, again, none] = [await of({ std: 0.06 }), await of({ std: 0.06 }), await of({ kind: 'none' })];
  expect(await hashesOf(short)).toEqual(await hashesOf(again));
  expect(short.metrics).toEqual([{ name: 'profile_error', value: expect.closeTo(0.02, 1) as number }]);
  expect(await readWeights(pathsOf(none)['weights']!, 'ema')).toEqual(await readWeights(train['weights']!, 'weights'));

  const guide = pathsOf(await shop.run(runHere, 'train', training({ images: 24, emaSnapshots: 8 })));
  const guideAverage = pathsOf(await shop.run(runHere, 'average', average({ std: 0.1 }), { train: guide }));
  const imagesOf = async (inputs: Record<string, Record<string, string>>) => (await readImages(pathsOf(await shop.run(runHere, 'sample', sampling, inputs))['images']!)).data;
  const [own, averaged, both] = [await imagesOf({ train, guide }), await imagesOf({ train, guide, average: pathsOf(short) }), await imagesOf({ train, guide, average: pathsOf(short), guideAverage })];
  expect(await imagesOf({ train: pathsOf(short), guide })).toEqual(averaged);
  expect(await imagesOf({ train: pathsOf(short), guide: guideAverage })).toEqual(both);
  expect(averaged).not.toEqual(own);
  expect(both).not.toEqual(averaged);
});

test('an average of a training that kept no snapshots says what is missing', async () => {
  const train = pathsOf(await shop.run(runHere, 'train', training({ images: 8 })));
  await expect(shop.run(runHere, 'average', average({ std: 0.1 }), { train })).rejects.toMatchObject({ code: 'stage.input_missing', message: expect.stringContaining('snapshots') as string });
});
