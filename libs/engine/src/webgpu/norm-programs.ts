import { plus } from './addends.js';
import type { Addend } from './addends.js';
import { family } from './program.js';
import type { Program } from './program.js';
import { addUp, lanes } from './workgroup-sum.js';

/** What a norm is of: a map; two side by side, of which it makes one; or a map in shares (`shares.ts`), which it adds up. */
export type Source = { kind: 'map' } | { kind: 'joined' } | { kind: 'shares'; added: readonly Addend[] };

/** `left`: channels of the first of two maps. `count`: shares. */
const uniforms = 'images : i32, pixels : i32, channels : i32, groups : i32, eps : f32, left : i32, count : i32,';

/** The group of an image that a workgroup has: `numbers` of them, `width` adjacent ones in each pixel. */
const position = `
  let width = uniforms.channels / uniforms.groups;
  let image = item / uniforms.groups;
  let firstChannel = (item % uniforms.groups) * width;
  let inside = image < uniforms.images;
  let numbers = select(0, uniforms.pixels * width, inside);`;

/** Runs `each` for the lane's share of the group's numbers, each at `index` of the map. */
const forNumbers = (each: string) => `
  for (var k = lane; k < numbers; k = k + ${lanes}) {
    let pixel = image * uniforms.pixels + k / width;
    let channel = firstChannel + k % width;
    let index = pixel * uniforms.channels + channel;
    ${each}
  }`;

/** Calls the function `sharesAt` of an index: the sum of all shares there. */
const sharesAt = (array: string) => `
  fn sharesAt(index : i32, size : i32) -> f32 {
    var sum = 0.0;
    for (var share = 0; share < uniforms.count; share = share + 1) { sum = sum + ${array}[share * size + index]; }
    return sum;
  }`;

const sizeOfMap = 'uniforms.images * uniforms.pixels * uniforms.channels';

interface Reading {
  inputs: readonly string[];
  declarations: string;
  /** The number at `index`, and how it is kept in `x` if that is still to be made. */
  first: string;
}

const joinedAt = `
  fn joinedAt(pixel : i32, channel : i32) -> f32 {
    if (channel < uniforms.left) { return a[pixel * uniforms.left + channel]; }
    return b[pixel * (uniforms.channels - uniforms.left) + channel - uniforms.left];
  }`;

function readingOf(source: Source): Reading {
  if (source.kind === 'map') return { inputs: ['x'], declarations: '', first: 'let value = x[index];' };
  if (source.kind === 'joined') return { inputs: ['a', 'b'], declarations: joinedAt, first: 'let value = joinedAt(pixel, channel); x[index] = value;' };
  const { added } = source;
  const sums = plus(added, { image: 'image', channel: 'channel', place: 'index', width: 'uniforms.channels' });
  return { inputs: ['parts', ...added], declarations: sharesAt('parts'), first: `let value = sharesAt(index, ${sizeOfMap})${sums}; x[index] = value;` };
}

/**
 * One workgroup per group of an image. y = SiLU((x - mean)/std scale + offset), stats [images][channels] = (mean, 1/std, scale, offset), and x where it is still to be made.
 * A lane reads only those numbers of x that it has written.
 */
export const normalised = family((silu: boolean, source: Source): Program => {
  const { inputs, declarations, first } = readingOf(source);
  return {
    name: ['group_norm', silu, source.kind, ...('added' in source ? source.added : [])].join('_'),
    inputs: [...inputs, 'scale', 'offset'], outputs: ['y', 'stats', ...(source.kind === 'map' ? [] : ['x'])], vectors: ['stats'], uniforms, lanes,
    declarations: `var<workgroup> sums : array<f32, ${lanes}>;${declarations}`,
    body: `${position}
  var own = 0.0;
  ${forNumbers(`${first} own = own + value;`)}
  ${addUp('own')}
  let mean = sums[0] / f32(max(numbers, 1));
  workgroupBarrier();
  own = 0.0;
  ${forNumbers('let away = x[index] - mean; own = own + away * away;')}
  ${addUp('own')}
  let rstd = inverseSqrt(sums[0] / f32(max(numbers, 1)) + uniforms.eps);
  ${forNumbers(`let u = (x[index] - mean) * rstd * scale[channel] + offset[channel];
    y[index] = ${silu ? 'u / (1.0 + exp(-u))' : 'u'};`)}
  for (var k = lane; k < select(0, width, inside); k = k + ${lanes}) {
    let channel = firstChannel + k;
    stats[image * uniforms.channels + channel] = vec4<f32>(mean, rstd, scale[channel], offset[channel]);
  }`,
  };
});

/** `du` = `away`, the gradient of SiLU's result or, without SiLU, of u itself, times the derivative at u, Elfwing et al. 2018. */
export const slope = (silu: boolean) => (silu ? 'let s = 1.0 / (1.0 + exp(-u)); let du = away * s * (1.0 + u * (1.0 - s));' : 'let du = away;');

export interface GradientKind {
  silu: boolean;
  /** Whether dy is in shares, to which nothing is added. */
  shares: boolean;
  /** How many other gradients of x there are, of what uses it beside the norm. */
  others: number;
  /** Whether dx is of two maps side by side, each for itself. */
  joined: boolean;
  /** Whether the sums of dx over an image's pixels are wanted, dv [images][channels]. */
  perImage: boolean;
}

/**
 * dx = (scale du - mean of it - z times the mean of scale du z) / std, z = (x - mean)/std, plus the others, and parts [images][2][channels], the sums of du
 * and of du z over pixels. The pixels of a channel are divided among lanes; lanes of neighbouring channels are adjacent.
 */
export const gradients = family((kind: GradientKind): Program => {
  const { silu, shares, joined, perImage } = kind;
  const others = Array.from({ length: kind.others }, (_, i) => `other${i}`);
  return {
    name: `group_norm_gradients_${Object.values(kind).join('_')}`,
    inputs: ['dy', 'x', 'stats', ...others], outputs: ['dx', ...(joined ? ['dx1'] : []), 'parts', ...(perImage ? ['dv'] : [])], vectors: ['stats'], uniforms, lanes,
    declarations: `var<workgroup> sums : array<vec2<f32>, ${lanes}>;
  ${shares ? sharesAt('dy') : ''}
  // (du, z) of a number
  fn slopeAt(index : i32, known : vec4<f32>) -> vec2<f32> {
    let z = (x[index] - known.x) * known.y;
    let u = z * known.z + known.w;
    let away = ${shares ? `sharesAt(index, ${sizeOfMap})` : 'dy[index]'};
    ${slope(silu)}
    return vec2<f32>(du, z);
  }
  fn put(pixel : i32, channel : i32, number : f32) {
    ${joined ? `if (channel < uniforms.left) { dx[pixel * uniforms.left + channel] = number; } else { dx1[pixel * (uniforms.channels - uniforms.left) + channel - uniforms.left] = number; }` : 'dx[pixel * uniforms.channels + channel] = number;'}
  }`,
    body: `${position}
  var total = vec2<f32>(0.0);
  ${forChannels('let at = slopeAt(index, known); own = own + vec2<f32>(at.x, at.x * at.y);', `
      parts[2 * image * uniforms.channels + channel] = own.x;
      parts[(2 * image + 1) * uniforms.channels + channel] = own.y;
      total = total + known.z * own;`)}
  ${addUp('total')}
  let means = sums[0] / f32(max(numbers, 1));
  workgroupBarrier();
  ${forChannels(`let at = slopeAt(index, known);
      let number = (at.x * known.z - means.x - at.y * means.y) * known.y${others.map((other) => ` + ${other}[index]`).join('')};
      put(image * uniforms.pixels + pixel, channel, number);
      ${perImage ? 'own.x = own.x + number;' : ''}`, perImage ? 'dv[image * uniforms.channels + channel] = own.x;' : undefined)}`,
  };
});

/** Runs `each` for every pixel of the lane's channel, `known` its stats; then, if anything is summed, `finish` in one lane of each channel, with `own` summed over all pixels. */
const forChannels = (each: string, finish?: string) => `
  for (var block = 0; block < width; block = block + ${lanes}) {
    let abreast = min(width - block, ${lanes});
    let sharing = ${lanes} / abreast;
    let channel = firstChannel + block + lane % abreast;
    let known = stats[select(0, image * uniforms.channels + channel, inside)];
    var own = vec2<f32>(0.0);
    for (var pixel = lane / abreast; pixel < select(0, uniforms.pixels, inside && lane < abreast * sharing); pixel = pixel + sharing) {
      let index = (image * uniforms.pixels + pixel) * uniforms.channels + channel;
      ${each}
    }
    ${finish === undefined ? '' : `sums[lane] = own;
    workgroupBarrier();
    if (lane < abreast && inside) {
      for (var other = 1; other < sharing; other = other + 1) { own = own + sums[lane + other * abreast]; }
      ${finish}
    }
    workgroupBarrier();`}
  }`;
