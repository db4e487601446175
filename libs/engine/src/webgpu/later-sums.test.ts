import { groupsOf } from './later-sums.js';
import { PlannedBuffer } from './planned-buffer.js';

const sumsOf = (parts: PlannedBuffer, count: number) => Array.from({ length: count }, (_, first) => ({ parts, first, stride: 2, count: 2, size: 1, start: first }));

describe('sums that wait', () => {
  it('are grouped by the memory of their parts, those of the same parts together however large these are', () => {
    const [small, huge, half, other] = [256, 2 ** 25, 2 ** 23, 2 ** 24].map((bytes, i) => new PlannedBuffer(i, bytes)) as [PlannedBuffer, PlannedBuffer, PlannedBuffer, PlannedBuffer];
    const groups = groupsOf([...sumsOf(small, 3), ...sumsOf(huge, 2), ...sumsOf(half, 1), ...sumsOf(other, 2)]);
    expect(groups.map((group) => group.map(({ parts }) => parts.index))).toEqual([[0, 0, 0], [1, 1], [2], [3, 3]]);
  });

  it('of many small parts are divided among programs', () => {
    const groups = groupsOf(Array.from({ length: 1500 }, (_, i) => sumsOf(new PlannedBuffer(i, 256), 2)).flat());
    expect(groups.map((group) => group.length)).toEqual([1024, 1024, 952]);
  });
});
