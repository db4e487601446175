import { networks } from '@elucidate/experiment/design';
import { memoryBudget, trainingBytes } from './memory.js';

/** Peak resident memory of a training process, MiB, one thread, two steps each: AMD EPYC, Node 20.20. */
const measured: [training: string, mebibytes: number][] = [
  ['simd tiny 16 32', 156], ['simd tiny 64 32', 283], ['simd-relaxed tiny 128 32', 440], ['simd small 64 16', 214], ['simd small 64 32', 446], ['simd small 128 32', 744],
  ['simd base 16 32', 370], ['simd large 16 32', 758], ['simd lesson 4 16', 878], ['simd lesson 8 32', 1222], ['simd lesson 16 32', 1595], ['native tiny 64 32', 291], ['native small 64 32', 457], ['native base 64 32', 833], ['native base 128 32', 1407],
  ['wasm tiny 64 32', 965], ['wasm small 64 32', 1792], ['wasm base 16 32', 1061],
];

test.each(measured)('what `%s` (engine, network, batch, pixels a side) used is estimated within a sixth: %d MiB', (training, mebibytes) => {
  const [engine, name, batch, resolution] = training.split(' ') as [string, 'tiny' | 'small' | 'base' | 'large' | 'lesson', string, string];
  const estimate = trainingBytes({ network: networks[name], resolution: Number(resolution), batch: Number(batch) }, engine) / 2 ** 20;
  expect(Math.abs(estimate / mebibytes - 1)).toBeLessThan(1 / 6);
});

test('stages may use some of the machine\'s memory, but not all of it', () => {
  expect(memoryBudget()).toBeGreaterThan(0);
  expect(memoryBudget()).toBeLessThan(process.constrainedMemory() || Infinity);
});
