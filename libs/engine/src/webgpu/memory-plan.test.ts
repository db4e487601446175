import fc from 'fast-check';
import { planMemory } from './memory-plan.js';

const lifetime = fc.record({ size: fc.integer({ min: 1, max: 40 }), first: fc.nat(30), length: fc.nat(10) }).map(({ size, first, length }) => ({ size, first, last: first + length }));

describe('planMemory', () => {
  it('gives every buffer a block it fits into, at most twice its size, shared with none that is in use at the same time', () => {
    fc.assert(fc.property(fc.array(lifetime, { maxLength: 60 }), (lifetimes) => {
      const { blocks, blockOf } = planMemory(lifetimes);
      lifetimes.forEach(({ size, first, last }, i) => {
        const block = blockOf[i]!;
        expect(blocks[block]).toBeGreaterThanOrEqual(size);
        expect(blocks[block]).toBeLessThanOrEqual(2 * size);
        lifetimes.forEach((other, k) => {
          if (k !== i && blockOf[k] === block) expect(other.last < first || last < other.first).toBe(true);
        });
      });
      expect([...new Set(blockOf)].length).toBe(blocks.length);
    }));
  });

  it('needs two blocks for a chain in which each command reads what the one before wrote', () => {
    const chain = Array.from({ length: 20 }, (_, i) => ({ size: 8, first: i, last: i + 1 }));
    expect(planMemory(chain).blocks).toEqual([8, 8]);
  });
});
