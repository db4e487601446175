import { fitted, textWidth } from './text-width.js';

/** Where a name stands below an axis: its middle along the axis, and its row, from the top. */
export interface NamePlace {
  at: number;
  x: number;
  row: number;
  text: string;
  /** In full, where it was shortened. */
  name: string;
}

export interface RoomBelow {
  /** From and to along the axis, in pixels: as far as a name may reach. */
  from: number;
  to: number;
  /** Of the font. */
  size: number;
}

/** Between two names of one row. */
const gap = 10;

/** Every name below its place on an axis, each in the first row in which it touches no other; only one that is longer than the whole axis is shortened. */
export function namesBelow(ticks: readonly { at: number; label: string }[], { from, to, size }: RoomBelow): NamePlace[] {
  const ends: number[] = [];
  return ticks.map(({ at, label: name }) => {
    const text = fitted(name, size, to - from);
    const half = Math.min(to - from, textWidth(text, size)) / 2;
    const x = Math.min(to - half, Math.max(from + half, at));
    const free = ends.findIndex((end) => x - half >= end + gap);
    const row = free === -1 ? ends.length : free;
    ends[row] = x + half;
    return { at, x, row, text, name };
  });
}
