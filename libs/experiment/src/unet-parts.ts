import type { UNetSpec } from './design.js';

/** A part of a U-Net for images of one size, as far as its cost goes. `size`: pixels per side of its result. */
export type UNetPart =
  | { kind: 'convolution'; side: number; from: number; to: number; size: number }
  /** Two 3x3 convolutions, the level's projection from `width`, and a 1x1 on the skip where `projected`. */
  | { kind: 'residual'; from: number; to: number; size: number; width: number; projected: boolean; scaleShift: boolean }
  | { kind: 'attention'; channels: number; heads: number; size: number }
  | { kind: 'dense'; from: number; to: number };

/** What of libs/diffusion's wiring.ts decides cost: tests in libs/training check that the two agree. */
interface Wiring {
  /** Every feature map on the way down is kept for the way up, which has one more block per level. */
  allKept: boolean;
  resampling: 'changing convolution' | 'convolution' | 'block';
  middleBlocks: number;
  /** Attention on the way up after each block of a level, or after its last. */
  upAttention: 'each' | 'last';
  sinusoids: number;
}

const wirings: Readonly<Record<UNetSpec['architecture'], Wiring>> = {
  'compact': { allKept: false, resampling: 'changing convolution', middleBlocks: 1, upAttention: 'each', sinusoids: 2 },
  'ddpm': { allKept: true, resampling: 'convolution', middleBlocks: 2, upAttention: 'each', sinusoids: 1 },
  'ddpm++': { allKept: true, resampling: 'block', middleBlocks: 2, upAttention: 'last', sinusoids: 1 },
};

/** The parts of a U-Net on images of resolution x resolution x imageChannels, in the order in which they are used. */
export function unetParts(spec: UNetSpec, resolution: number, imageChannels: number): UNetPart[] {
  const { channels, blocks, attention, headChannels, scaleShift } = spec;
  const { allKept, resampling, middleBlocks, upAttention, sinusoids } = wirings[spec.architecture];
  const base = spec.baseChannels ?? channels[0]!;
  const width = 4 * base;
  const sizeAt = (level: number) => resolution / 2 ** level;
  const attends = (level: number) => typeof attention !== 'boolean' && attention.includes(level);
  const parts: UNetPart[] = [];
  const kept: number[] = allKept ? [base] : [];
  let now = base;
  const convolve = (to: number, size: number) => {
    parts.push({ kind: 'convolution', side: 3, from: now, to, size });
    now = to;
  };
  const block = (to: number, size: number, resampled = false) => {
    parts.push({ kind: 'residual', from: now, to, size, width, projected: resampled || now !== to, scaleShift });
    now = to;
  };
  const attend = (size: number) => parts.push({ kind: 'attention', channels: now, heads: headChannels === undefined ? 1 : now / headChannels, size });
  /** Halves or doubles the sides; `beyond`: the channels of the level it leads to. */
  const resample = (beyond: number, size: number) => (resampling === 'block' ? block(now, size, true) : convolve(resampling === 'convolution' ? now : beyond, size));

  parts.push({ kind: 'dense', from: sinusoids * base, to: width }, { kind: 'dense', from: width, to: width }, { kind: 'convolution', side: 3, from: imageChannels, to: base, size: resolution });
  channels.forEach((to, level) => {
    if (level > 0) resample(to, sizeAt(level));
    if (level > 0 && allKept) kept.push(now);
    for (let i = 0; i < blocks; i += 1) {
      block(to, sizeAt(level));
      if (attends(level)) attend(sizeAt(level));
      kept.push(now);
    }
  });
  const lowest = sizeAt(channels.length - 1);
  block(now, lowest);
  if (attention !== false) attend(lowest);
  if (middleBlocks === 2) block(now, lowest);
  const upBlocks = allKept ? blocks + 1 : blocks;
  channels.map((to, level) => ({ to, level })).reverse().forEach(({ to, level }) => {
    for (let i = 0; i < upBlocks; i += 1) {
      now += kept.pop()!;
      block(to, sizeAt(level));
      if (attends(level) && (upAttention === 'each' || i === upBlocks - 1)) attend(sizeAt(level));
    }
    if (level > 0) resample(channels[level - 1]!, sizeAt(level - 1));
  });
  convolve(imageChannels, resolution);
  return parts;
}

const products = (side: number, from: number, to: number, size: number): number => 2 * side * side * from * to * size * size;

/** Floating-point operations of one image's pass through a part, 2 per multiply-add; norms and activations are not counted. */
export function partFlops(part: UNetPart): number {
  switch (part.kind) {
    case 'convolution': return products(part.side, part.from, part.to, part.size);
    case 'dense': return 2 * part.from * part.to;
    // four maps, and two products of all pixels with all, whatever the number of heads
    case 'attention': return 4 * products(1, part.channels, part.channels, part.size) + 4 * part.size ** 4 * part.channels;
    case 'residual': {
      const { from, to, size, width, projected, scaleShift } = part;
      return products(3, from, to, size) + products(3, to, to, size) + (projected ? products(1, from, to, size) : 0) + 2 * width * to * (scaleShift ? 2 : 1);
    }
  }
}

/** Weights of a part, without biases and norms, which are under 2 %. */
export function partWeights(part: UNetPart): number {
  switch (part.kind) {
    case 'convolution': return part.side ** 2 * part.from * part.to;
    case 'dense': return part.from * part.to;
    case 'attention': return 4 * part.channels ** 2;
    case 'residual': {
      const { from, to, width, projected, scaleShift } = part;
      return 9 * (from + to) * to + (projected ? from * to : 0) + width * to * (scaleShift ? 2 : 1);
    }
  }
}

/** Numbers in the feature maps that a part keeps per image for its gradient. */
export function partMaps(part: UNetPart): number {
  switch (part.kind) {
    case 'convolution':
    case 'dense': return 0;
    // its input, the norm's result, query, key, value and what was seen; the scores of each head before and after softmax
    case 'attention': return 6 * part.channels * part.size ** 2 + 2 * part.heads * part.size ** 4;
    case 'residual': return (2 * part.from + (part.scaleShift ? 7 : 5) * part.to) * part.size ** 2;
  }
}
