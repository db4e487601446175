import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normals } from './simulated-features.js';
import { columnsOf, copy, rowMajor, rowsOf, transposed, type Matrix } from './matrix.js';
import { inWorkspace } from './workspace.js';

const entries = ({ numbers, at, rows, columns, rowStep, columnStep }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_x, j) => numbers[at + i * rowStep + j * columnStep]!));

/** Fills a matrix with normals, and returns them. */
function drawn(matrix: Matrix, seed: number): number[][] {
  copy(rowMajor(normals(matrix.rows * matrix.columns, seed), matrix.rows, matrix.columns), matrix);
  return entries(matrix);
}

interface Placed {
  readonly rows: number;
  readonly columns: number;
  /** Stored column by column. */
  readonly turned: boolean;
}

/** The shape of a matrix with room for this one amid other numbers. */
const around = ({ rows, columns, turned }: Placed) => (turned ? [columns + 2, rows + 4] : [rows + 2, columns + 4]) as [number, number];

function within(large: Matrix, { rows, columns, turned }: Placed): Matrix {
  const inner = columnsOf(rowsOf(large, 1, 1 + (turned ? columns : rows)), 2, 2 + (turned ? rows : columns));
  return turned ? transposed(inner) : inner;
}

const restore = (matrix: Matrix, rows: number[][]): void => copy(rowMajor(Float64Array.from(rows.flat()), matrix.rows, matrix.columns), matrix);

const layouts = [false, true];

describe('addProduct', () => {
  const shapes = [[1, 1, 1], [4, 4, 4], [5, 3, 7], [64, 8, 32], [65, 9, 257], [3, 515, 6]] as const;

  it.each(shapes.flatMap((shape) => [1, -1].map((sign) => [...shape, sign as 1 | -1] as const)))('of [%i,%i] over %i, times %i, is its definition in every layout, and leaves the rest alone', (rows, columns, depth, sign) => {
    for (const turnedC of layouts) for (const turnedA of layouts) for (const turnedB of layouts) {
      const places = [{ rows, columns, turned: turnedC }, { rows, columns: depth, turned: turnedA }, { rows: depth, columns, turned: turnedB }] as const;
      inWorkspace([around(places[0]), around(places[1]), around(places[2])], (larges, { addProduct }) => {
        const before = drawn(larges[0], 3);
        const [c, a, b] = places.map((place, i) => within(larges[i]!, place)) as [Matrix, Matrix, Matrix];
        const [z, x, y] = [entries(c), drawn(a, 1), drawn(b, 2)];
        addProduct(c, a, b, sign);
        const error = entries(c).map((row, i) => row.map((found, j) => Math.abs(found - z[i]![j]! - sign * x[i]!.reduce((sum, value, k) => sum + value * y[k]![j]!, 0))));
        expect(Math.max(...error.flat())).toBeLessThan(1e-14 * (4 + depth));
        restore(c, z);
        expect(entries(larges[0])).toEqual(before);
      });
    }
  });
});

describe('reflectRows', () => {
  it.each([[1, 1], [3, 2], [5, 7], [4, 32], [9, 33], [33, 65]])('reflects %i rows of %i numbers in either layout, and leaves the rest alone', (rows, count) => {
    for (const turned of layouts) {
      const place = { rows, columns: count, turned };
      inWorkspace([around(place), [1, count]], ([large, v], { reflectRows }) => {
        const before = drawn(large, 3);
        const x = within(large, place);
        const [expected, direction] = [entries(x), drawn(v, 1)[0]!];
        reflectRows(x, v, 0.7);
        entries(x).forEach((row, i) => {
          const along = 0.7 * expected[i]!.reduce((sum, value, k) => sum + value * direction[k]!, 0);
          row.forEach((value, j) => expect(Math.abs(value - (expected[i]![j]! - along * direction[j]!))).toBeLessThan(1e-12));
        });
        restore(x, expected);
        expect(entries(large)).toEqual(before);
      });
    }
  });
});

describe('a workspace', () => {
  it('begins with zeros, also after another, and while another is in use', () => {
    inWorkspace([[3, 3]], ([a]) => {
      drawn(a, 1);
      inWorkspace([[3, 3]], ([b]) => expect(entries(b).flat()).toEqual(new Array(9).fill(0)));
    });
    inWorkspace([[3, 3]], ([a]) => expect(entries(a).flat()).toEqual(new Array(9).fill(0)));
  });
});

describe('the committed kernel', () => {
  it('is what its sources compile to', () => {
    const folder = mkdtempSync(join(tmpdir(), 'elucidate-kernel-'));
    execFileSync(process.execPath, [join(__dirname, '..', 'tools', 'build-kernel.mjs'), join(folder, 'kernel-code.ts')]);
    expect(readFileSync(join(folder, 'kernel-code.ts'), 'utf8')).toBe(readFileSync(join(__dirname, 'kernel-code.ts'), 'utf8'));
    rmSync(folder, { recursive: true });
  });
});
