import { exp4, one4, sigmoid4 } from './exponential';
import { multiplyAdd } from './multiply-add';

/**
 * Group normalisation with SiLU: x, y [images][pixels][channels], scale and bias [channels], stats [images][groups][2] = (mean, 1/std).
 * Sums are taken a channel at a time in short float32 runs that are added up in float64; groups are put together afterwards,
 * so that a group may hold any number of channels. Channels are a multiple of 4.
 */

/** Pixels whose float32 sum is taken before it is added to the float64 one. */
const run: i32 = 16;

/** Adds four lanes to four float64 numbers. */
// @ts-ignore: decorator
@inline
function addTo(sums: usize, four: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(four)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(v128.shuffle<f64>(four, four, 1, 1))), 16);
}

/**
 * sums [channels] (float64) = sum over pixels of x, or of (x - centre)^2 where `centre` [channels] is not null. All channels of a run
 * of pixels, then the next run: x is read once, in its order.
 */
function channelSums(x: usize, pixels: i32, channels: i32, centre: usize, sums: usize): void {
  const pixelBytes = channels << 2;
  memory.fill(sums, 0, channels << 3);
  for (let p = 0; p < pixels; p += run) {
    const runBytes = min(run, pixels - p) * pixelBytes;
    for (let c = 0; c < pixelBytes; c += 16) {
      const end = x + c + runBytes;
      let sum = f32x4.splat(0);
      if (centre) {
        const middle = v128.load(centre + c);
        for (let from = x + c; from < end; from += pixelBytes) {
          const away = f32x4.sub(v128.load(from), middle);
          sum = multiplyAdd(away, away, sum);
        }
      } else {
        for (let from = x + c; from < end; from += pixelBytes) sum = f32x4.add(sum, v128.load(from));
      }
      addTo(sums + (c << 1), sum);
    }
    x += runBytes;
  }
}

/** Sum of one group of `sums`. */
// @ts-ignore: decorator
@inline
function groupSum(sums: usize, first: i32, count: i32): f64 {
  let sum: f64 = 0;
  for (let c = first; c < first + count; c++) sum += load<f64>(sums + (c << 3));
  return sum;
}

/** Images [from, to). A thread's scratch: channels * (8 + 4 + 4) bytes. */
export function groupNormSilu(
  x: usize, scale: usize, bias: usize, y: usize, stats: usize,
  pixels: i32, channels: i32, groups: i32, eps: f64, silu: i32, scratch: usize, from: i32, to: i32, thread: i32,
): void {
  const sums = scratch + thread * (channels << 4), factors = sums + (channels << 3), shifts = factors + (channels << 2);
  const width = channels / groups, count = <f64>(pixels * width), imageBytes = (pixels * channels) << 2;
  x += from * imageBytes;
  y += from * imageBytes;
  stats += (from * groups) << 3;
  for (let n = from; n < to; n++) {
    channelSums(x, pixels, channels, 0, sums);
    for (let g = 0; g < groups; g++) {
      const mean = <f32>(groupSum(sums, g * width, width) / count);
      store<f32>(stats + (g << 3), mean);
      for (let c = g * width; c < (g + 1) * width; c++) store<f32>(factors + (c << 2), mean);
    }
    channelSums(x, pixels, channels, factors, sums);
    for (let g = 0; g < groups; g++) {
      const mean = load<f32>(stats + (g << 3)), rstd = <f32>(1.0 / sqrt(groupSum(sums, g * width, width) / count + eps));
      store<f32>(stats + (g << 3), rstd, 4);
      for (let c = g * width; c < (g + 1) * width; c++) {
        const factor = rstd * load<f32>(scale + (c << 2));
        store<f32>(factors + (c << 2), factor);
        store<f32>(shifts + (c << 2), load<f32>(bias + (c << 2)) - mean * factor);
      }
    }
    if (silu) scaleAndSilu(x, y, pixels, channels, factors, shifts);
    else scaleOnly(x, y, pixels, channels, factors, shifts);
    x += imageBytes;
    y += imageBytes;
    stats += groups << 3;
  }
}

function scaleAndSilu(x: usize, y: usize, pixels: i32, channels: i32, factors: usize, shifts: usize): void {
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels << 2; c += 16) {
      const u = multiplyAdd(v128.load(x), v128.load(factors + c), v128.load(shifts + c));
      v128.store(y, f32x4.div(u, f32x4.add(one4(), exp4(f32x4.neg(u)))));
      x += 16;
      y += 16;
    }
  }
}

function scaleOnly(x: usize, y: usize, pixels: i32, channels: i32, factors: usize, shifts: usize): void {
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels << 2; c += 16) {
      v128.store(y, multiplyAdd(v128.load(x), v128.load(factors + c), v128.load(shifts + c)));
      x += 16;
      y += 16;
    }
  }
}

/**
 * du = dy times SiLU's slope at u = x factor + shift, written to `du`; sums of du and of du x over pixels, a channel, float64.
 */
function slopeAndSums(dy: usize, x: usize, du: usize, pixels: i32, channels: i32, silu: i32, factors: usize, shifts: usize, sums: usize, products: usize): void {
  const pixelBytes = channels << 2;
  memory.fill(sums, 0, channels << 3);
  memory.fill(products, 0, channels << 3);
  let start = 0;
  for (let p = 0; p < pixels; p += run) {
    const runBytes = min(run, pixels - p) * pixelBytes;
    for (let c = 0; c < pixelBytes; c += 16) {
      const factor = v128.load(factors + c), shift = v128.load(shifts + c);
      let sum = f32x4.splat(0), product = sum;
      for (let at = start + c, end = at + runBytes; at < end; at += pixelBytes) {
        const value = v128.load(x + at);
        let slope = v128.load(dy + at);
        const u = multiplyAdd(value, factor, shift);
        if (silu) {
          const s = sigmoid4(u);
          slope = f32x4.mul(slope, f32x4.mul(s, multiplyAdd(u, f32x4.sub(one4(), s), one4())));
        }
        v128.store(du + at, slope);
        sum = f32x4.add(sum, slope);
        product = multiplyAdd(slope, value, product);
      }
      addTo(sums + (c << 1), sum);
      addTo(products + (c << 1), product);
    }
    start += runBytes;
  }
}

/**
 * With z = (x - mean) / std: dbias = sum du, dscale = sum du z, dx = (du scale - mean of it - z times the mean of du scale z) / std.
 * Here dx, which holds du between its two passes, and each image's part of dscale and dbias, float64, to parts [images][2][channels].
 * Images [from, to). A thread's scratch: channels * (2 * 8 + 3 * 4) bytes, rounded up to 16.
 */
export function groupNormSiluGradient(
  dy: usize, x: usize, scale: usize, bias: usize, stats: usize, dx: usize, parts: usize,
  pixels: i32, channels: i32, groups: i32, silu: i32, scratch: usize, from: i32, to: i32, thread: i32,
): void {
  const sums = scratch + thread * ((channels * 28 + 15) & ~15), products = sums + (channels << 3);
  const factors = products + (channels << 3), slopes = factors + (channels << 2), shifts = slopes + (channels << 2);
  const width = channels / groups, count = <f64>(pixels * width), imageBytes = (pixels * channels) << 2;
  dy += from * imageBytes;
  x += from * imageBytes;
  dx += from * imageBytes;
  stats += (from * groups) << 3;
  let scaleParts = parts + ((from * channels) << 4);
  for (let n = from; n < to; n++) {
    const biasParts = scaleParts + (channels << 3);
    for (let c = 0; c < channels; c++) {
      const group = stats + ((c / width) << 3);
      const factor = load<f32>(group, 4) * load<f32>(scale + (c << 2));
      store<f32>(factors + (c << 2), factor);
      store<f32>(shifts + (c << 2), load<f32>(bias + (c << 2)) - load<f32>(group) * factor);
    }
    slopeAndSums(dy, x, dx, pixels, channels, silu, factors, shifts, sums, products);
    for (let g = 0; g < groups; g++) {
      const mean = <f64>load<f32>(stats + (g << 3)), rstd = <f64>load<f32>(stats + (g << 3), 4);
      let first: f64 = 0, second: f64 = 0;
      for (let c = g * width; c < (g + 1) * width; c++) {
        const at = c << 3, sum = load<f64>(sums + at), withZ = (load<f64>(products + at) - mean * sum) * rstd;
        store<f64>(biasParts + at, sum);
        store<f64>(scaleParts + at, withZ);
        const weight = <f64>load<f32>(scale + (c << 2));
        first += weight * sum;
        second += weight * withZ;
      }
      first /= count;
      second /= count;
      for (let c = g * width; c < (g + 1) * width; c++) {
        store<f32>(slopes + (c << 2), <f32>(-rstd * rstd * second));
        store<f32>(shifts + (c << 2), <f32>(rstd * (mean * rstd * second - first)));
      }
    }
    combine(x, dx, pixels, channels, factors, slopes, shifts);
    dy += imageBytes;
    x += imageBytes;
    dx += imageBytes;
    stats += groups << 3;
    scaleParts += channels << 4;
  }
}

/** dscale and dbias [channels]: the images' parts, added up in their order. */
export function groupNormSiluParts(parts: usize, dscale: usize, dbias: usize, images: i32, channels: i32): void {
  for (let c = 0; c < channels; c++) {
    let scaleSum: f64 = 0, biasSum: f64 = 0, at = parts + (c << 3);
    for (let n = 0; n < images; n++) {
      scaleSum += load<f64>(at);
      biasSum += load<f64>(at + (channels << 3));
      at += channels << 4;
    }
    store<f32>(dscale + (c << 2), <f32>scaleSum);
    store<f32>(dbias + (c << 2), <f32>biasSum);
  }
}

/** dx = dx factor + x slope + shift, a channel. */
function combine(x: usize, dx: usize, pixels: i32, channels: i32, factors: usize, slopes: usize, shifts: usize): void {
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels << 2; c += 16) {
      const scaled = f32x4.mul(v128.load(dx), v128.load(factors + c));
      v128.store(dx, f32x4.add(multiplyAdd(v128.load(x), v128.load(slopes + c), scaled), v128.load(shifts + c)));
      x += 16;
      dx += 16;
    }
  }
}
