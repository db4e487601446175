import { randomStream, type RandomStream } from '@elucidate/diffusion/noise';
import { streams } from './streams.js';

/** A random order of 0..n-1 (Fisher-Yates). */
function permutation(n: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i -= 1) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The order in which each epoch visits n images, a function of seed and epoch; caches the latest, since consecutive steps need the same one. */
export function epochOrders(n: number, seed: number): (epoch: number) => Uint32Array {
  let latest: { epoch: number; order: Uint32Array } = { epoch: -1, order: new Uint32Array() };
  return (epoch) => {
    if (latest.epoch !== epoch) latest = { epoch, order: permutation(n, randomStream([seed, streams.order, epoch])) };
    return latest.order;
  };
}

/** `count` images of the endless sequence of epochs, starting at index `start`. */
export function batchAt(orderOf: (epoch: number) => Uint32Array, { n, start, count }: { n: number; start: number; count: number }): Uint32Array {
  return Uint32Array.from({ length: count }, (_, k) => orderOf(Math.floor((start + k) / n))[(start + k) % n]!);
}
