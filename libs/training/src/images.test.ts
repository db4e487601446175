import { readFashionMnist } from './fashion-mnist.js';
import { byteToUnit, halve, imagesAt, padTo32, pickImages, pixelStatistics, sliceImages, unitToByte } from './images.js';
import { testDataset } from './dataset.fixture.js';

const counting = { shape: [2, 28, 28], data: Uint8Array.from({ length: 2 * 784 }, (_, i) => (i * 7) % 251) };

describe('padTo32', () => {
  it('puts each image two pixels in from a black edge', () => {
    const { data, count, size } = padTo32(counting);
    expect([count, size, data.length]).toEqual([2, 32, 2 * 1024]);
    for (let n = 0; n < 2; n += 1) for (let y = 0; y < 32; y += 1) for (let x = 0; x < 32; x += 1) {
      const inside = x >= 2 && x < 30 && y >= 2 && y < 30;
      expect(data[n * 1024 + y * 32 + x]).toBe(inside ? counting.data[n * 784 + (y - 2) * 28 + (x - 2)] : 0);
    }
  });
});

describe('halve', () => {
  it('gives the mean of 2x2 pixels, halves rounded up', () => {
    const data = Uint8Array.of(0, 1, 10, 20, 0, 1, 30, 40, 255, 255, 0, 0, 255, 255, 0, 1);
    expect([...halve({ count: 1, size: 4, data }).data]).toEqual([1, 25, 255, 0]);
  });

  it('keeps images apart', () => {
    const both = padTo32(counting);
    expect(sliceImages(halve(both), 1, 2)).toEqual(halve(sliceImages(both, 1, 2)));
  });
});

describe('bytes and numbers', () => {
  it('0 is -1 and 255 is 1, and every byte survives the way there and back', () => {
    expect([byteToUnit(0), byteToUnit(255)]).toEqual([-1, 1]);
    for (let byte = 0; byte < 256; byte += 1) expect(unitToByte(byteToUnit(byte))).toBe(byte);
  });

  it('what lies outside [-1, 1] becomes black or white', () => {
    expect([unitToByte(-1.7), unitToByte(3)]).toEqual([0, 255]);
  });

  it('picks images in the order asked for', () => {
    const images = imagesAt(counting, 16);
    expect([...pickImages(images, [1, 0]).subarray(0, 256)]).toEqual([...pickImages(images, [1])]);
  });
});

describe.each([16, 32] as const)('Fashion-MNIST at %i', (resolution) => {
  it('has the mean and standard deviation that the code states', async () => {
    const { images } = await readFashionMnist(await testDataset(), 'train', resolution);
    let [sum, squares] = [0, 0];
    for (const byte of images.data) { sum += byte; squares += byte * byte; }
    const mean = sum / images.data.length;
    expect(mean / 127.5 - 1).toBeCloseTo(pixelStatistics[resolution].mean, 4);
    expect(Math.sqrt(squares / images.data.length - mean ** 2) / 127.5).toBeCloseTo(pixelStatistics[resolution].std, 4);
  });
});
