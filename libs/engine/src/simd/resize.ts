import { input, sizeOf } from '../kernel-inputs.js';
import type { SimdKernel } from './kernel.js';

/** Nanoseconds per number. */
const numberTime = 5;

/** [n,h,w,c] -> [n,...size,c]. */
export const resizeBilinear: SimdKernel = ({ inputs, attrs, backend }) => {
  const x = input(inputs, 'images');
  const [n = 1, height = 1, width = 1, channels = 1] = x.shape;
  const [newHeight = 1, newWidth = 1] = attrs['size'] as number[];
  const ratio = (from: number, to: number) => (attrs['alignCorners'] && to > 1 ? (from - 1) / (to - 1) : from / to);
  const y = backend.output([n, newHeight, newWidth, channels]);
  backend.run('resizeBilinear', [
    backend.address(x), y.address, height, width, channels, newHeight, newWidth,
    ratio(height, newHeight), ratio(width, newWidth), attrs['halfPixelCenters'] ? 0.5 : 0,
  ], { items: n * newHeight, cost: sizeOf(y.shape) * numberTime });
  return y;
};
