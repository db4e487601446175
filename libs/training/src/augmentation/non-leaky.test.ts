import { randomStream } from '@elucidate/diffusion/noise';
import { type Draws, drawsOf, nonLeakyLabels, transformed } from './non-leaky.js';
import type { Picture } from './picture.js';
import { composed, identity, resampled } from './resample.js';

const size = 16;
const nothing: Draws = { xFlip: 0, yFlip: 0, scale: 0, rotation: 0, anisotropy: 0, axis: 0, translation: [0, 0] };

/** A picture of f at pixels from the centre, x to the right, y down; its second channel is the negative. */
const pictureOf = (f: (x: number, y: number) => number): Picture => ({
  pixels: Float32Array.from({ length: size * size * 2 }, (_, i) => {
    const [x, y] = [(i >> 1) % size - (size - 1) / 2, Math.floor((i >> 1) / size) - (size - 1) / 2];
    return (i % 2 === 0 ? 1 : -1) * f(x, y);
  }),
  size, channels: 2,
});

const noise = pictureOf((x, y) => randomStream([x + 20, y + 20].map((value) => 2 * value)).normal());
/** Three waves in one, smooth enough that interpolating between pixels costs little accuracy. */
const wave = (x: number, y: number) => Math.sin(x / 4) + Math.cos(y / 5 + 0.3);

/** Largest difference within this many pixels of the centre, away from the edges. */
function difference(a: Float32Array, b: Float32Array, within = size): number {
  return Array.from(a, (value, i) => {
    const [x, y] = [(i >> 1) % size - (size - 1) / 2, Math.floor((i >> 1) / size) - (size - 1) / 2];
    return Math.hypot(x, y) > within ? 0 : Math.abs(value - b[i]!);
  }).reduce((largest, value) => Math.max(largest, value), 0);
}

describe('resampled', () => {
  it('without a transformation gives back the image: sym6 is orthonormal', () => {
    expect(difference(resampled(noise, identity), noise.pixels)).toBeLessThan(1e-6);
  });

  it('moves by whole pixels exactly, with reflected edges', () => {
    const moved = resampled(noise, { ...identity, tx: -3, ty: 2 });
    const reflect = (at: number) => (at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at);
    const want = Float32Array.from(noise.pixels, (_, i) => noise.pixels[(reflect(Math.floor((i >> 1) / size) + 2) * size + reflect((i >> 1) % size - 3)) * 2 + (i % 2)]!);
    expect(difference(moved, want)).toBeLessThan(1e-6);
  });

  it('leaves a uniform grey unchanged by any transformation', () => {
    const grey = pictureOf(() => 0.7);
    expect(difference(resampled(grey, { a: 0.9, b: 0.3, tx: 1.7, c: -0.2, d: 1.1, ty: -0.4 }), grey.pixels)).toBeLessThan(1e-5);
  });

  it.each([
    ['a turn by 30 degrees', { a: Math.cos(0.52), b: -Math.sin(0.52), tx: 0, c: Math.sin(0.52), d: Math.cos(0.52), ty: 0 }],
    ['a scale', { ...identity, a: 0.8, d: 1.2 }],
    ['half a pixel', { ...identity, tx: 0.5, ty: 0.25 }],
  ])('of a smooth picture is the picture at the transformed places: %s', (_, map) => {
    const want = pictureOf((x, y) => wave(map.a * x + map.b * y + map.tx, map.c * x + map.d * y + map.ty));
    // bilinear reading at half-pixel steps errs by up to (1/2)^2/8 of the second derivative, 1/16 + 1/25, and the filter is not quite symmetric
    expect(difference(resampled(pictureOf(wave), map), want.pixels, 5)).toBeLessThan(0.02);
  });
});

describe('transformed', () => {
  it('without any transformation leaves the image as it is, with a label of zeros', () => {
    expect(transformed(noise, nothing)).toEqual({ pixels: noise.pixels, label: Array.from({ length: nonLeakyLabels }, () => 0) });
  });

  // the signs of EDM's augment.py: a positive scale enlarges, a translation of 1 moves by an eighth of the side, to the right and down
  it.each<[string, Partial<Draws>, (x: number, y: number) => [number, number], number[]]>([
    ['an x-flip', { xFlip: 1 }, (x, y) => [-x, y], [1, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a y-flip', { yFlip: 1 }, (x, y) => [x, -y], [0, 1, 0, 0, 0, 0, 0, 0, 0]],
    ['a scale', { scale: 1 }, (x, y) => [x / 2 ** 0.2, y / 2 ** 0.2], [0, 0, 1, 0, 0, 0, 0, 0, 0]],
    ['a rotation', { rotation: 0.6 }, (x, y) => [x * Math.cos(0.6) - y * Math.sin(0.6), x * Math.sin(0.6) + y * Math.cos(0.6)], [0, 0, 0, Math.cos(0.6) - 1, Math.sin(0.6), 0, 0, 0, 0]],
    ['a stretch along x', { anisotropy: -1 }, (x, y) => [x * 2 ** 0.2, y / 2 ** 0.2], [0, 0, 0, 0, 0, -1, 0, 0, 0]],
    ['a stretch along y', { anisotropy: 1, axis: Math.PI / 2 }, (x, y) => [x * 2 ** 0.2, y / 2 ** 0.2], [0, 0, 0, 0, 0, 0, 1, 0, 0]],
    ['a translation', { translation: [1, -0.5] }, (x, y) => [x - size / 8, y + size / 16], [0, 0, 0, 0, 0, 0, 0, 1, -0.5]],
  ])('by %s agrees with the formula, and so does its label', (_, draws, source, label) => {
    const { pixels, label: found } = transformed(pictureOf(wave), { ...nothing, ...draws });
    expect(difference(pixels, pictureOf((x, y) => wave(...source(x, y))).pixels, 5)).toBeLessThan(0.02);
    expect(found).toHaveLength(nonLeakyLabels);
    found.forEach((value, i) => expect(value).toBeCloseTo(label[i]!, 10));
  });
});

describe('drawsOf', () => {
  const many = (probability: number) => Array.from({ length: 2000 }, (_, i) => drawsOf(randomStream([5, i]), probability));
  const fraction = (draws: Draws[], is: (draws: Draws) => boolean) => draws.filter(is).length / draws.length;
  /** Four standard deviations of a fraction of 2,000. */
  const tolerance = (p: number) => 4 * Math.sqrt((p * (1 - p)) / 2000);

  it('draws each transformation with its probability, and mirrors half the images', () => {
    const draws = many(0.12);
    for (const [is, p] of [
      [({ xFlip }: Draws) => xFlip === 1, 0.5], [({ yFlip }: Draws) => yFlip === 1, 0.06], [({ scale }: Draws) => scale !== 0, 0.12], [({ rotation }: Draws) => rotation !== 0, 0.12],
      [({ anisotropy }: Draws) => anisotropy !== 0, 0.12], [({ axis }: Draws) => axis !== 0, 0.5], [({ translation }: Draws) => translation[0] !== 0, 0.12],
    ] as const) expect(Math.abs(fraction(draws, is) - p)).toBeLessThan(tolerance(p));
  });

  it('at probability 0 only mirrors', () => {
    for (const draws of many(0)) expect(draws).toEqual({ ...nothing, xFlip: draws.xFlip, axis: draws.axis });
  });

  it('is the composition of all maps', () => {
    expect(composed({ ...identity, a: 2 }, { ...identity, tx: 3 })).toEqual({ ...identity, a: 2, tx: 6 });
  });
});
