import { startEngine } from '@elucidate/engine/start';
import { randomStream } from '@elucidate/diffusion/noise';
import { extractorFacts, type FeatureExtractor } from './feature-extractor.js';
import { features } from './features.js';
import { byteToUnit, type Images, pickImages } from './images.js';
import { startClassifier, untrainedConvolutions } from './train-classifier.js';

beforeAll(() => startEngine({ backend: 'wasm' }));

const random = randomStream(1);
const bytes = (channels: number, size = 32): Images<Uint8Array> => ({ count: 3, size, channels, data: Uint8Array.from({ length: 3 * size * size * channels }, () => random.integer(256)) });
const floats: Images<Float32Array> = { count: 2, size: 4, channels: 1, data: Float32Array.from({ length: 32 }, () => 3 * random.normal()) };
const classifier: FeatureExtractor = { kind: 'classifier', weights: startClassifier(1) };
const identity: FeatureExtractor = { kind: 'identity' };

describe('the classifier', () => {
  it('treats a colour image as the grey image of the same luma', async () => {
    const grey = bytes(1);
    const colour = { ...grey, channels: 3, data: Uint8Array.from({ length: 3 * grey.data.length }, (_, i) => grey.data[Math.floor(i / 3)]!) };
    const [one, other] = [await features(classifier, grey), await features(classifier, colour)];
    one.values.forEach((value, i) => expect(other.values[i]).toBeCloseTo(value, 4));
  });

  it('describes in the evaluator what it does, for grey bytes in unchanged words', () => {
    expect(extractorFacts(classifier, bytes(1))).toEqual({ layer: 'mean over space of relu(conv4), 64', inputRange: [-1, 1], resize: 'bilinear to 32x32, half-pixel centres' });
    expect(extractorFacts(classifier, bytes(3), 0.5)).toMatchObject({ inputRange: [-0.5, 0.5], resize: 'luma of Rec. 601, then bilinear to 32x32, half-pixel centres' });
  });

  it('gets bytes scaled to its input range', async () => {
    const images = bytes(1);
    const halved: Images = { ...images, data: Float32Array.from(images.data, (byte) => byteToUnit(byte, 0.5)) };
    expect(await features(classifier, images, { range: 0.5 })).toEqual(await features(classifier, halved));
  });
});

describe('an untrained network', () => {
  const colour: FeatureExtractor = { kind: 'random', weights: untrainedConvolutions(1, 3), channels: 3 };

  it.each([16, 40])('gives 64 features of colour images of %i pixels a side, each different', async (size) => {
    const { d, values } = await features(colour, bytes(3, size));
    expect(d).toBe(64);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(values.slice(0, 64)).not.toEqual(values.slice(64, 128));
  });

  it('depends on its seed and refuses images of other channels', async () => {
    expect(untrainedConvolutions(1, 3)).toEqual(untrainedConvolutions(1, 3));
    expect(untrainedConvolutions(2, 3)).not.toEqual(untrainedConvolutions(1, 3));
    await expect(features(colour, bytes(1))).rejects.toMatchObject({ code: 'stage.failed', message: expect.stringContaining('3 channels, these have 1') });
  });
});

describe('identity features', () => {
  it.each([['floats', floats], ['colour bytes', bytes(3, 4)]] as const)('of %s are the pixels', async (_, images) => {
    const { values, d } = await features(identity, images);
    expect(d).toBe(16 * images.channels);
    expect(values).toEqual(pickImages(images, Array.from({ length: images.count }, (_, i) => i)));
  });

  it('state that floats are in the units of their data', () => {
    expect(extractorFacts(identity, floats, 0.5)).toEqual({ layer: 'pixels, 16', inputRange: 'data units', resize: 'none' });
  });
});
