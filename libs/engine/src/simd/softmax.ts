import { input, sizeOf } from '../kernel-inputs.js';
import type { SimdKernel } from './kernel.js';

/** Nanoseconds per number. */
const numberTime = 1.5;

/** Over the last axis. */
export const softmax: SimdKernel = ({ inputs, attrs, backend }) => {
  const x = input(inputs, 'logits');
  const columns = x.shape.at(-1) ?? 1;
  const size = sizeOf(x.shape);
  if (size === 0 || ![-1, x.shape.length - 1].includes(attrs['dim'] as number)) return undefined;
  const y = backend.output(x.shape);
  backend.run('softmax', [backend.address(x), y.address, columns], { items: size / columns, cost: size * numberTime });
  return y;
};
