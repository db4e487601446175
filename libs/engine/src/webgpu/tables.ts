import { ints } from './uniforms.js';
import type { Uniform } from './uniforms.js';

/** Work of several kinds in one program: a table in its uniforms says which workgroups have which, and up to seven numbers of each. */

/** The uniforms of a program whose work is in such a table, at most three numbers before it. The table is an array of vec4s, which begins at a multiple of 16 bytes. */
export const tableUniforms = (rows: number, names: readonly string[] = []): string =>
  `${[0, 1, 2].map((i) => `${names[i] ?? `pad${i}`} : i32,`).join(' ')} table : array<vec4<i32>, ${2 * rows}>,`;

/** Those numbers and the rows of the table as uniforms, and how many workgroups there are; the first number of a row in memory is that of its first workgroup. */
export function tableOf(rows: readonly { items: number; numbers: readonly number[] }[], [a = 0, b = 0, c = 0]: readonly number[] = []): { uniforms: Uniform[]; items: number } {
  let items = 0;
  const table = rows.flatMap(({ items: own, numbers }) => {
    const row = [items, ...numbers, ...new Array<number>(7 - numbers.length).fill(0)];
    items += own;
    return row;
  });
  return { uniforms: [a, b, c, ...table].map((number) => ints(number)), items };
}

/** Finds the workgroup's `row`, whose numbers are `uniforms.table[2 * row]` and the next. */
export const rowOfItem = (rows: number): string => `
  var row = 0;
  for (var step = ${2 ** Math.ceil(Math.log2(rows + 1))}; step > 0; step = step / 2) {
    if (row + step < ${rows} && uniforms.table[2 * (row + step)].x <= item) { row = row + step; }
  }`;
