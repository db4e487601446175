import { networks } from '@elucidate/experiment/design';
import { memoryBudget, memoryGate, trainingBytes } from './memory.js';

const never = new AbortController().signal;

/** Peak resident memory of a training process, MiB: two steps each, AMD EPYC, Node 20.20. */
const measured = [
  ['simd', 'tiny', 64, 32, 400], ['simd', 'tiny', 128, 32, 655], ['simd', 'small', 16, 32, 299], ['simd', 'small', 64, 32, 677], ['simd', 'small', 64, 16, 286],
  ['simd', 'small', 128, 32, 1209], ['simd', 'base', 16, 32, 491], ['simd', 'base', 64, 32, 1288],
  ['wasm', 'tiny', 64, 32, 1247], ['wasm', 'small', 16, 32, 702], ['wasm', 'small', 64, 32, 2290], ['wasm', 'base', 16, 32, 1315],
] as const;

test.each(measured)('on %s, what a training of %s at batch %d of %d pixels took is estimated within a quarter', (engine, name, batch, resolution, mebibytes) => {
  const estimate = trainingBytes({ network: { ...networks[name], channels: [...networks[name].channels] }, resolution, batch }, engine) / 2 ** 20;
  expect(Math.abs(estimate / mebibytes - 1)).toBeLessThan(0.25);
});

test('stages may take some of the memory there is, and not all of it', () => {
  expect(memoryBudget()).toBeGreaterThan(0);
  expect(memoryBudget()).toBeLessThan(process.constrainedMemory() || Infinity);
});

describe('memoryGate', () => {
  it('lets in what fits at once and the next one when there is room', async () => {
    const gate = memoryGate(10);
    const [first] = await Promise.all([gate.take(6, never), gate.take(4, never)]);
    expect(gate.free).toBe(0);
    let entered = false;
    const third = gate.take(5, never).then((free) => {
      entered = true;
      return free;
    });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(entered).toBe(false);
    first();
    (await third)();
    expect(gate.free).toBe(6);
  });

  it('lets what is larger than everything in when it is alone', async () => {
    const gate = memoryGate(10);
    const free = await gate.take(4, never);
    const large = gate.take(20, never);
    free();
    (await large)();
    expect(gate.free).toBe(10);
  });

  it('rejects with the reason of its signal', async () => {
    const gate = memoryGate(10);
    await gate.take(10, never);
    const stop = new AbortController();
    const waiting = gate.take(1, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(gate.free).toBe(0);
  });
});
