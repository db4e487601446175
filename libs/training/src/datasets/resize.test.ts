import sharp from 'sharp';
import { randomStream } from '@elucidate/diffusion/noise';
import { fitted } from './fit-picture.js';
import { bicubic, roundInto, type Picture } from './resize.js';

/** A picture of smooth waves, on which any two good resamplers agree. */
function waves({ width, height, channels }: { width: number; height: number; channels: number }): Picture {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [c, x, y] = [i % channels, Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    return 128 + 60 * Math.sin((x / width) * 7 + c) + 50 * Math.cos((y / height) * 5 - c);
  });
  return { width, height, channels, data };
}

function noise(size: number): Picture {
  const random = randomStream(1);
  return { width: size, height: size, channels: 1, data: Uint8Array.from({ length: size * size }, () => random.integer(256)) };
}

const bytesOf = (values: Float64Array) => {
  const out = new Uint8Array(values.length);
  roundInto(out, 0, values);
  return out;
};

describe('bicubic', () => {
  it.each([
    ['a half down', { width: 64, height: 64, channels: 3 }, 32],
    ['much down, by no whole number', { width: 100, height: 70, channels: 3 }, 24],
  ])('%s agrees with libvips except at the edges, which libvips treats differently', async (_, shape, size) => {
    const picture = waves(shape);
    const { width, height, channels } = shape;
    const theirs = await sharp(picture.data, { raw: { width, height, channels: channels as 1 | 3 } }).resize(size, size, { kernel: 'cubic', fit: 'fill', fastShrinkOnLoad: false }).toColourspace(channels === 1 ? 'b-w' : 'srgb').raw().toBuffer();
    const ours = bytesOf(bicubic(picture, size)(picture.data));
    for (let y = 3; y < size - 3; y += 1) for (let i = 3 * channels; i < (size - 3) * channels; i += 1) {
      const at = y * size * channels + i;
      expect(Math.abs(ours[at]! - theirs[at]!)).toBeLessThanOrEqual(3);
    }
  });

  it.each([24, 30])('enlarges a parabola exactly, to %i, as Keys (1981) shows of a = -1/2', (size) => {
    const parabola = { width: 12, height: 12, channels: 1, data: Uint8Array.from({ length: 144 }, (_, i) => (i % 12) ** 2) };
    const found = bicubic(parabola, size)(parabola.data);
    for (let x = 6; x < size - 6; x += 1) expect(found[size * 12 + x]).toBeCloseTo((((x + 0.5) * 12) / size - 0.5) ** 2, 10);
  });

  it('does not alias: noise reduced eightfold loses almost all its variance', () => {
    const picture = noise(128);
    const small = bicubic(picture, 16)(picture.data);
    const mean = small.reduce((a, b) => a + b, 0) / small.length;
    const variance = small.reduce((a, b) => a + (b - mean) ** 2, 0) / small.length;
    // one sample every eight pixels would keep 255^2 / 12 = 5419
    expect(variance).toBeLessThan(5419 / 40);
  });
});

describe('fitted', () => {
  it('takes the centred square of a wide picture', () => {
    const wide = { width: 16, height: 8, channels: 1, data: Uint8Array.from({ length: 128 }, (_, i) => (i % 16 >= 4 && i % 16 < 12 ? 200 : 0)) };
    expect([...fitted(wide, { resolution: 8, channels: 1 })]).toEqual(new Array(64).fill(200));
  });

  it('makes colour grey by its luma, and grey colour by repetition', () => {
    const colour = { width: 8, height: 8, channels: 3, data: Uint8Array.from({ length: 192 }, (_, i) => [255, 100, 10][i % 3]!) };
    const grey = Math.round(0.299 * 255 + 0.587 * 100 + 0.114 * 10);
    expect(fitted(colour, { resolution: 8, channels: 1 })).toEqual(new Uint8Array(64).fill(grey));
    expect(fitted({ ...colour, channels: 1, data: new Uint8Array(64).fill(9) }, { resolution: 8, channels: 3 })).toEqual(new Uint8Array(192).fill(9));
  });
});
