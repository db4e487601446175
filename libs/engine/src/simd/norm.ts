import { input } from '../kernel-inputs.js';
import type { Inputs } from '../kernel-inputs.js';
import type { SimdKernel } from './kernel.js';

interface NormAttrs {
  groups: number;
  eps: number;
  silu: boolean;
}

/** Nanoseconds per number. */
const forwardTime = 1.5;
const backwardTime = 3;

/** [n,h,w,c] as the kernels see it. */
function sizes(inputs: Inputs): { images: number; pixels: number; channels: number } {
  const [images = 1, height = 1, width = 1, channels = 1] = input(inputs, 'x').shape;
  if (channels % 4 !== 0) throw new Error(`GroupNormSilu needs channels that divide by 4, not ${channels}`);
  return { images, pixels: height * width, channels };
}

/** x [n,h,w,c], scale [c], bias [c] -> y like x, stats [n,groups,2] = (mean, 1/std). */
export const groupNormSilu: SimdKernel = ({ inputs, attrs, backend }) => {
  const { groups, eps, silu } = attrs as unknown as NormAttrs;
  const { images, pixels, channels } = sizes(inputs);
  const y = backend.output(input(inputs, 'x').shape);
  const stats = backend.output([images, groups, 2]);
  const at = (name: string) => backend.address(input(inputs, name));
  backend.withScratch(channels * 16 * backend.threads, (scratch) => {
    backend.run('groupNormSilu', [at('x'), at('scale'), at('bias'), y.address, stats.address, pixels, channels, groups, eps, Number(silu), scratch],
      { items: images, cost: images * pixels * channels * forwardTime });
  });
  return [y, stats];
};

/** dy, x, scale, bias and the forward's stats -> dx, dscale, dbias. */
export const groupNormSiluGrad: SimdKernel = ({ inputs, attrs, backend }) => {
  const { groups, silu } = attrs as unknown as NormAttrs;
  const { images, pixels, channels } = sizes(inputs);
  const dx = backend.output(input(inputs, 'x').shape);
  const dscale = backend.output([channels]);
  const dbias = backend.output([channels]);
  const at = (name: string) => backend.address(input(inputs, name));
  const partsBytes = images * channels * 16;
  backend.withScratch(partsBytes + Math.ceil((channels * 28) / 16) * 16 * backend.threads, (parts) => {
    backend.run('groupNormSiluGradient',
      [at('dy'), at('x'), at('scale'), at('bias'), at('stats'), dx.address, parts, pixels, channels, groups, Number(silu), parts + partsBytes],
      { items: images, cost: images * pixels * channels * backwardTime });
    backend.kernels.groupNormSiluParts(parts, dscale.address, dbias.address, images, channels);
  });
  return [dx, dscale, dbias];
};
