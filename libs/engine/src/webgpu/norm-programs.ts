import { family } from './program.js';
import type { Program } from './program.js';
import { addUp, lanes } from './workgroup-sum.js';

const uniforms = 'pixels : i32, channels : i32, groups : i32, eps : f32,';

/** Location of a group of an image: `count` numbers, `width` adjacent ones in each pixel, starting at number `first`. */
const position = `
  let width = uniforms.channels / uniforms.groups;
  let image = item / uniforms.groups;
  let firstChannel = (item % uniforms.groups) * width;
  let inside = image * uniforms.pixels * uniforms.channels < uniforms.size;
  let count = select(0, uniforms.pixels * width, inside);
  let first = image * uniforms.pixels * uniforms.channels + firstChannel;`;

const indexOf = 'first + (k / width) * uniforms.channels + k % width';

/** One workgroup per group of an image. y = SiLU((x - mean)/std scale + bias), stats [images][groups][2] = (mean, 1/std). */
export const normalised = family((silu: boolean): Program => ({
  name: `group_norm_${silu}`, inputs: ['x', 'scale', 'bias'], outputs: ['y', 'stats'], uniforms, lanes,
  declarations: `var<workgroup> sums : array<f32, ${lanes}>;`,
  body: `${position}
  var own = 0.0;
  for (var k = lane; k < count; k = k + ${lanes}) { own = own + x[${indexOf}]; }
  ${addUp('own')}
  let mean = sums[0] / f32(max(count, 1));
  workgroupBarrier();
  own = 0.0;
  for (var k = lane; k < count; k = k + ${lanes}) {
    let away = x[${indexOf}] - mean;
    own = own + away * away;
  }
  ${addUp('own')}
  let rstd = inverseSqrt(sums[0] / f32(max(count, 1)) + uniforms.eps);
  for (var k = lane; k < count; k = k + ${lanes}) {
    let index = ${indexOf};
    let channel = firstChannel + k % width;
    let u = (x[index] - mean) * rstd * scale[channel] + bias[channel];
    y[index] = ${silu ? 'u / (1.0 + exp(-u))' : 'u'};
  }
  if (lane == 0 && inside) {
    stats[2 * item] = mean;
    stats[2 * item + 1] = rstd;
  }`,
}));

/** Derivative of SiLU at u, Elfwing et al. 2018. */
const slope = (silu: boolean) => (silu ? 'let s = 1.0 / (1.0 + exp(-u)); let du = dy[index] * s * (1.0 + u * (1.0 - s));' : 'let du = dy[index];');

/**
 * dx = (scale du - mean of it - z times the mean of scale du z) / std, z = (x - mean)/std, plus `other` where x is used beside the norm, and
 * parts [images][2][channels], the sums of du and of du z over pixels. The pixels of a channel are divided among lanes; lanes of neighbouring channels are adjacent.
 */
export const gradients = family((silu: boolean, other: boolean): Program => ({
  name: `group_norm_gradients_${silu}_${other}`, inputs: ['dy', 'x', 'scale', 'bias', 'stats', ...(other ? ['other'] : [])], outputs: ['dx', 'parts'], uniforms, lanes,
  declarations: `var<workgroup> sums : array<vec2<f32>, ${lanes}>;
  // (du, z) of a number
  fn slopeAt(index : i32, channel : i32, mean : f32, rstd : f32) -> vec2<f32> {
    let z = (x[index] - mean) * rstd;
    let u = z * scale[channel] + bias[channel];
    ${slope(silu)}
    return vec2<f32>(du, z);
  }`,
  body: `${position}
  let mean = select(0.0, stats[2 * item], inside);
  let rstd = select(0.0, stats[2 * item + 1], inside);
  var total = vec2<f32>(0.0);
  for (var block = 0; block < width; block = block + ${lanes}) {
    let abreast = min(width - block, ${lanes});
    let sharing = ${lanes} / abreast;
    let channel = firstChannel + block + lane % abreast;
    var own = vec2<f32>(0.0);
    for (var pixel = lane / abreast; pixel < select(0, uniforms.pixels, inside && lane < abreast * sharing); pixel = pixel + sharing) {
      let at = slopeAt((image * uniforms.pixels + pixel) * uniforms.channels + channel, channel, mean, rstd);
      own = own + vec2<f32>(at.x, at.x * at.y);
    }
    sums[lane] = own;
    workgroupBarrier();
    if (lane < abreast) {
      for (var other = 1; other < sharing; other = other + 1) { own = own + sums[lane + other * abreast]; }
      if (inside) {
        parts[2 * image * uniforms.channels + channel] = own.x;
        parts[(2 * image + 1) * uniforms.channels + channel] = own.y;
      }
      total = total + scale[channel] * own;
    }
    workgroupBarrier();
  }
  ${addUp('total')}
  let means = sums[0] / f32(max(count, 1));
  for (var k = lane; k < count; k = k + ${lanes}) {
    let index = ${indexOf};
    let channel = firstChannel + k % width;
    let at = slopeAt(index, channel, mean, rstd);
    dx[index] = (at.x * scale[channel] - means.x - at.y * means.y) * rstd${other ? ' + other[index]' : ''};
  }`,
}));
