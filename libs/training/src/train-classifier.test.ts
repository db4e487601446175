import { startEngine } from '@elucidate/engine/start';
import { testDataset } from './dataset.fixture.js';
import { type IdxSetName, readIdxSet, type Split } from './datasets/idx-sets.js';
import { accuracyOf } from './features.js';
import { sliceImages } from './images.js';
import { trainClassifier } from './train-classifier.js';

const some = async (name: IdxSetName, split: Split) => sliceImages(await readIdxSet(await testDataset(name), { name, split, resolution: 32 }), 0, 500);

it.each([
  { backend: 'wasm', name: 'fashion-mnist', flips: true },
  { backend: 'simd', name: 'mnist', flips: false },
] as const)('25 steps on $backend over 500 images of $name train a classifier to three times the accuracy of chance', async ({ backend, name, flips }) => {
  await startEngine({ backend });
  const weights = await trainClassifier(await some(name, 'train'), { seed: 1, epochs: 5, flips });
  expect(await accuracyOf(weights, await some(name, 'test'))).toBeGreaterThan(0.3);
});
