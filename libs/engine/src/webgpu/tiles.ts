/** The part of a matrix product that one workgroup computes: its rows and columns, of which a thread has `deep` rows and four columns. */
export interface Tile {
  rows: number;
  columns: number;
  deep: 4 | 8;
}

interface Size {
  rows: number;
  columns: number;
}

/** Threads. */
export const lanesOf = ({ rows, columns, deep }: Tile): number => (rows * columns) / (4 * deep);

export const tilesIn = ({ rows, columns }: Size, tile: Tile): number => Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);

/** Large if the product fills it: each number read is used once per row or column of the tile. */
export function tileFor({ rows, columns }: Size): Tile {
  if (columns <= 8) return { rows: 128, columns: 8, deep: 4 };
  if (columns <= 16) return { rows: 128, columns: 16, deep: 8 };
  if (rows <= 16) return { rows: 16, columns: 64, deep: 4 };
  if (columns <= 32) return { rows: 64, columns: 32, deep: 8 };
  return { rows: 64, columns: 64, deep: 8 };
}

/** With fewer workgroups than this, parts of a large GPU would be idle. */
const busy = 128;

/** The same, but half of a large tile if there would be few of them. No sum depends on it. */
export function busyTileFor(size: Size): Tile {
  const tile = tileFor(size);
  return tile.columns === 64 && tile.rows === 64 && tilesIn(size, tile) < busy ? { rows: 32, columns: 64, deep: 8 } : tile;
}
