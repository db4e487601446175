import { gridOf, karrasGrid, uniformTGrid } from './grids.js';
import { scheduleOf } from './schedules.js';

const linear = scheduleOf({ kind: 'linear', clipMin: 1e-9 });
const edm = { rho: 7, sigmaMin: 0.002, sigmaMax: 80 };

describe('karrasGrid', () => {
  it.each([
    [10, [80, 42.4151893, 21.1086767, 9.72320136, 4.0661236, 1.50174198, 0.469979058, 0.116638564, 0.0204353346, 0.002, 0]],
    [18, [80, 57.5859847, 40.7855738, 28.3745846, 19.352453, 12.9100824, 8.40093531, 5.31519452, 3.25682152, 1.92333984, 1.08817064, 0.585348123, 0.296442284, 0.139516469, 0.0599473112, 0.0229345184, 0.00752801996, 0.002, 0]],
  ])('has EDM\'s levels for %p steps', (steps, expected) => {
    const grid = karrasGrid(steps, edm);
    expect(grid).toHaveLength(steps + 1);
    grid.slice(0, -1).forEach((sigma, i) => expect(Math.abs(sigma / expected[i]! - 1)).toBeLessThan(5e-9));
    expect(grid.at(-1)).toBe(0);
  });

  it('goes from sigmaMax to 0 in one step', () => {
    const grid = karrasGrid(1, edm);
    expect(grid[0]).toBeCloseTo(80, 10);
    expect(grid.slice(1)).toEqual([0]);
  });

  it('is uniform in sigma at rho 1', () => {
    expect(karrasGrid(3, { rho: 1, sigmaMin: 1, sigmaMax: 3 })).toEqual([3, 2, 1, 0]);
  });
});

describe('uniformTGrid', () => {
  it('visits t from start down to 0 in equal moves', () => {
    const grid = uniformTGrid(19, linear, { b: 0.5, start: 0.95 });
    grid.forEach((sigma, i) => {
      const t = (19 - i) / 20;
      expect(sigma).toBeCloseTo(Math.sqrt(t / (1 - t)) / 0.5, 10);
    });
    expect(grid.at(-1)).toBe(0);
  });
});

describe('gridOf', () => {
  const training = { schedule: linear, b: 0.3 };

  it('uses the training\'s schedule where the spec names none', () => {
    expect(gridOf({ kind: 'uniform-t', start: 0.9 }, 5, training)).toEqual(uniformTGrid(5, linear, { b: 0.3, start: 0.9 }));
  });

  it('uses the spec\'s schedule with the training\'s input scale', () => {
    const shape = { kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 } as const;
    expect(gridOf({ kind: 'uniform-t', start: 0.5, schedule: shape }, 5, training)[0]).toBeCloseTo(1 / 0.3, 12);
  });

  it.each([{ kind: 'uniform-t', start: 0.99 } as const, { kind: 'karras', ...edm } as const])('falls strictly to 0: %p', (shape) => {
    for (const steps of [1, 2, 7, 100]) {
      const grid = gridOf(shape, steps, training);
      expect(grid).toHaveLength(steps + 1);
      grid.slice(1).forEach((sigma, i) => expect(sigma).toBeLessThan(grid[i]!));
    }
  });
});
