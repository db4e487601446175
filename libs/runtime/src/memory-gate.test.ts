import { setImmediate } from 'node:timers/promises';
import { memoryGate } from './memory-gate.js';

const never = new AbortController().signal;

/** Takes memory under a name, which is added to `entered` on admission. */
function visitors(gate: ReturnType<typeof memoryGate>) {
  const entered: string[] = [];
  const visit = async (name: string, bytes: number, signal = never) => {
    const leave = await gate.take(bytes, signal);
    entered.push(name);
    return leave;
  };
  return { entered, visit };
}

describe('memoryGate', () => {
  it('admits what fits at once and the next one as soon as there is room', async () => {
    const gate = memoryGate(10);
    const { entered, visit } = visitors(gate);
    const [leave] = await Promise.all([visit('six', 6), visit('four', 4)]);
    expect(gate.free).toBe(0);
    const third = visit('five', 5);
    await setImmediate();
    expect(entered).toEqual(['six', 'four']);
    leave();
    (await third)();
    expect(gate.free).toBe(6);
  });

  it('does not let small requests overtake a large one, which would then wait forever', async () => {
    const gate = memoryGate(10);
    const { entered, visit } = visitors(gate);
    const [first, second] = [await visit('first', 4), await visit('second', 4)];
    const large = visit('large', 9);
    expect(gate.full(1)).toBe(true);
    const small = visit('small', 2);
    first();
    await setImmediate();
    expect(entered).toEqual(['first', 'second']);
    second();
    (await large)();
    await small;
    expect(entered).toEqual(['first', 'second', 'large', 'small']);
  });

  it('admits a request larger than the whole memory when it is alone', async () => {
    const gate = memoryGate(10);
    const { visit } = visitors(gate);
    const leave = await visit('four', 4);
    const large = visit('large', 20);
    leave();
    const leaveLarge = await large;
    expect(gate.free).toBe(-10);
    expect(gate.full(1)).toBe(true);
    leaveLarge();
    expect(gate.free).toBe(10);
  });

  it('drops a request whose signal aborts, with its reason, and admits those behind it', async () => {
    const gate = memoryGate(10);
    const { visit } = visitors(gate);
    await visit('eight', 8);
    const stop = new AbortController();
    const large = visit('large', 9, stop.signal);
    const small = visit('small', 2);
    stop.abort(new Error('enough'));
    await expect(large).rejects.toThrow('enough');
    (await small)();
    expect(gate.free).toBe(2);
    await expect(gate.take(1, stop.signal)).rejects.toThrow('enough');
  });

  it.each([1, 2, 3])('never exceeds its limit, and admits every request in order (seed %i)', async (seed) => {
    const gate = memoryGate(100);
    const order: number[] = [];
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    await Promise.all(Array.from({ length: 50 }, async (_, i) => {
      const leave = await gate.take(1 + Math.floor(random() * 100), new AbortController().signal);
      order.push(i);
      expect(gate.free).toBeGreaterThanOrEqual(0);
      for (let wait = Math.floor(random() * 5); wait > 0; wait--) await setImmediate();
      leave();
    }));
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(gate.free).toBe(100);
  });
});
