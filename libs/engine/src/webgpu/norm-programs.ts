import type { Program } from './program.js';

/** Threads of a workgroup, and channels that one takes side by side so that neighbours read neighbouring numbers. */
export const lanes = 256;
export const channelsTogether = 16;

const uniforms = 'pixels : i32, channels : i32, groups : i32, eps : f32,';

/** `sums[0]` = the sum of all lanes' `own`, a vec2; between barriers. */
const addUp = (own: string) => `
  sums[lane] = ${own};
  workgroupBarrier();
  for (var span = ${lanes / 2}; span > 0; span = span / 2) {
    if (lane < span) { sums[lane] = sums[lane] + sums[lane + span]; }
    workgroupBarrier();
  }`;

/** [images][groups][2] = (mean, 1/std). An item is a group of an image. */
export const statistics: Program = {
  name: 'group_norm_statistics', inputs: ['x'], uniforms, lanes,
  declarations: `var<workgroup> sums : array<f32, ${lanes}>;`,
  body: `
  let items = uniforms.size / 2;
  let width = uniforms.channels / uniforms.groups;
  let count = select(0, uniforms.pixels * width, item < items);
  let first = (item / uniforms.groups) * uniforms.pixels * uniforms.channels + (item % uniforms.groups) * width;
  var own = 0.0;
  for (var k = lane; k < count; k = k + ${lanes}) { own = own + x[first + (k / width) * uniforms.channels + k % width]; }
  ${addUp('own')}
  let mean = sums[0] / f32(max(count, 1));
  workgroupBarrier();
  own = 0.0;
  for (var k = lane; k < count; k = k + ${lanes}) {
    let away = x[first + (k / width) * uniforms.channels + k % width] - mean;
    own = own + away * away;
  }
  ${addUp('own')}
  if (lane == 0 && item < items) {
    result[2 * item] = mean;
    result[2 * item + 1] = inverseSqrt(sums[0] / f32(count) + uniforms.eps);
  }`,
};

/** z and u of a number: z = (x - mean)/std, u = z scale + bias. */
const normal = `
  let channel = index % uniforms.channels;
  let group = (index / (uniforms.pixels * uniforms.channels)) * uniforms.groups + channel / (uniforms.channels / uniforms.groups);
  let rstd = stats[2 * group + 1];
  let z = (x[index] - stats[2 * group]) * rstd;
  let u = z * scale[channel] + bias[channel];`;

/** SiLU's slope at u, Elfwing et al. 2018. */
const slope = (silu: boolean) => (silu ? 'let s = 1.0 / (1.0 + exp(-u)); let du = dy[index] * s * (1.0 + u * (1.0 - s));' : 'let du = dy[index];');

export const normalised = (silu: boolean): Program => ({
  name: `group_norm_${silu}`, inputs: ['x', 'scale', 'bias', 'stats'], uniforms,
  body: `${normal} result[index] = ${silu ? 'u / (1.0 + exp(-u))' : 'u'};`,
});

/** [images][channels][2] = (sum of du, sum of du z) over pixels. An item is so many channels of an image. */
export const channelSums = (silu: boolean): Program => ({
  name: `group_norm_sums_${silu}`, inputs: ['dy', 'x', 'scale', 'bias', 'stats'], uniforms, lanes,
  declarations: `var<workgroup> sums : array<vec2<f32>, ${lanes}>;
  fn pairAt(index : i32) -> vec2<f32> { ${normal} ${slope(silu)} return vec2<f32>(du, du * z); }`,
  body: `
  let blocks = (uniforms.channels + ${channelsTogether - 1}) / ${channelsTogether};
  let image = item / blocks;
  let own = (item % blocks) * ${channelsTogether} + lane % ${channelsTogether};
  let inside = own < uniforms.channels && image * uniforms.channels * 2 < uniforms.size;
  var sum = vec2<f32>(0.0, 0.0);
  for (var p = lane / ${channelsTogether}; p < select(0, uniforms.pixels, inside); p = p + ${lanes / channelsTogether}) {
    sum = sum + pairAt((image * uniforms.pixels + p) * uniforms.channels + own);
  }
  sums[lane] = sum;
  workgroupBarrier();
  for (var span = ${lanes / 2}; span >= ${channelsTogether}; span = span / 2) {
    if (lane < span) { sums[lane] = sums[lane] + sums[lane + span]; }
    workgroupBarrier();
  }
  if (lane < ${channelsTogether} && inside) {
    result[2 * (image * uniforms.channels + own)] = sums[lane].x;
    result[2 * (image * uniforms.channels + own) + 1] = sums[lane].y;
  }`,
});

/** [images][groups][2] = the means over a group of scale du and of scale du z. */
export const groupMeans: Program = {
  name: 'group_norm_means', inputs: ['parts', 'scale'], uniforms,
  body: `
  let width = uniforms.channels / uniforms.groups;
  let first = ((index / 2) % uniforms.groups) * width;
  let image = index / (2 * uniforms.groups);
  var sum = 0.0;
  for (var channel = first; channel < first + width; channel = channel + 1) {
    sum = sum + scale[channel] * parts[2 * (image * uniforms.channels + channel) + index % 2];
  }
  result[index] = sum / f32(uniforms.pixels * width);`,
};

/** dx = (scale du - mean of it - z times the mean of scale du z) / std. */
export const inputGradient = (silu: boolean): Program => ({
  name: `group_norm_dx_${silu}`, inputs: ['dy', 'x', 'scale', 'bias', 'stats', 'means'], uniforms,
  body: `${normal} ${slope(silu)} result[index] = (du * scale[channel] - means[2 * group] - z * means[2 * group + 1]) * rstd;`,
});

/** [channels] = the sum over images of each channel's part `which`: 0 the bias's gradient, 1 the scale's. */
export const partSums: Program = {
  name: 'group_norm_parts', inputs: ['parts'], uniforms: 'images : i32, which : i32,',
  body: `
  var sum = 0.0;
  for (var image = 0; image < uniforms.images; image = image + 1) { sum = sum + parts[2 * (image * uniforms.size + index) + uniforms.which]; }
  result[index] = sum;`,
};
