import { stageDefinitions } from '@elucidate/experiment/stages';
import { hashesOf, pathsOf, runHere, tinyTraining, workshop } from './stages.fixture.js';
import { readImages } from './image-files.js';

const estimator = stageDefinitions['noise-level'].params.parse({
  dataset: { name: 'fashion-mnist', resolution: 16 }, inputScale: 1, dataRange: 1,
  estimator: { channels: [8, 16], groups: 4, images: 960, batch: 16, learningRate: 5e-3, seed: 1 },
});
const sampling = stageDefinitions.sample.params.parse({
  sampler: { kind: 'ddim' }, steps: 3, discretisation: { kind: 'uniform-t' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: true, noiseLevel: { kind: 'predicted' }, guidance: { kind: 'none' }, trajectory: false, samples: 5, seed: 3,
});
let shop: Awaited<ReturnType<typeof workshop>>;
beforeAll(async () => { shop = await workshop(); });
afterAll(() => shop.remove());

test('a noise-level stage reports its loss on unseen images beside that of a constant prediction, and sampling can use it', async () => {
  const learnt = await shop.run(runHere, 'noise-level', estimator);
  const result = learnt.metrics.find(({ name }) => name === 'noise_level_loss')!;
  expect(result.details).toMatchObject({ split: 'test', images: 2000, baselines: { zero: Math.PI ** 2 / 3, half: Math.PI ** 2 / 3 + 0.25 } });
  expect(result.value).toBeLessThan(Math.PI ** 2 / 6);
  expect(await hashesOf(await shop.run(runHere, 'noise-level', estimator))).toEqual(await hashesOf(learnt));

  const train = pathsOf(await shop.run(runHere, 'train', tinyTraining({ conditioning: 'none' })));
  const blind = await shop.run(runHere, 'sample', sampling, { train, noiseLevel: pathsOf(learnt) });
  const known = await shop.run(runHere, 'sample', { ...sampling, noiseLevel: { kind: 'known' } }, { train });
  const [seen, plain] = [await readImages(pathsOf(blind)['images']!), await readImages(pathsOf(known)['images']!)];
  expect(seen.count).toBe(5);
  expect(seen.data).not.toEqual(plain.data);
  await expect(shop.run(runHere, 'sample', sampling, { train })).rejects.toMatchObject({ code: 'stage.input_missing' });
});
