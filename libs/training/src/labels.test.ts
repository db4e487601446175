import { imageSeed } from '@elucidate/diffusion/noise';
import { testDataset } from './dataset.fixture.js';
import { readIdxSet } from './datasets/idx-sets.js';
import { sliceImages } from './images.js';
import { classCounts, drawLabel } from './labels.js';

describe('labels', () => {
  it.each([
    ['fashion-mnist', 'train', 'Ankle boot', Array.from({ length: 10 }, () => 6000)],
    ['fashion-mnist', 'test', 'Ankle boot', Array.from({ length: 10 }, () => 1000)],
    // counts from LeCun's own page
    ['mnist', 'test', '7', [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]],
  ] as const)('of %s, %s split, are the authors\' own: the first image is %s', async (name, split, first, counts) => {
    const { labels } = await readIdxSet(await testDataset(name), { name, split, resolution: 16 });
    expect(labels.classes[labels.of[0]!]).toBe(first);
    expect(classCounts(labels)).toEqual(counts);
  });

  it('stay with their images when a set is truncated', () => {
    const images = { count: 3, size: 1, channels: 1, data: Uint8Array.of(1, 2, 3), labels: { classes: ['a', 'b'], of: Uint16Array.of(0, 1, 0) } };
    expect(sliceImages(images, 1, 3)).toEqual({ ...images, count: 2, data: Uint8Array.of(2, 3), labels: { classes: ['a', 'b'], of: Uint16Array.of(1, 0) } });
  });
});

describe('drawLabel', () => {
  const classes = [{ name: 'a', images: 600 }, { name: 'b', images: 0 }, { name: 'c', images: 300 }, { name: 'd', images: 100 }];
  const drawn = Array.from({ length: 20_000 }, (_, i) => drawLabel(classes, imageSeed(7, i)));

  it('draws classes as often as they occur in the training images', () => {
    classes.forEach(({ images }, label) => {
      const p = images / 1000;
      const found = drawn.filter((one) => one === label).length / drawn.length;
      // four standard errors
      expect(Math.abs(found - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / drawn.length));
    });
  });

  it('depends on the seed of the image alone', () => {
    expect(drawLabel(classes, imageSeed(7, 19_999))).toBe(drawn[19_999]);
    expect(Array.from({ length: 50 }, (_, i) => drawLabel(classes, imageSeed(8, i)))).not.toEqual(drawn.slice(0, 50));
  });
});
