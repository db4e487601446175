/** Parts of programs in WGSL that are written several times over. */

/** `of(0)` to `of(count - 1)`, a line each. */
export const times = (count: number, of: (i: number) => string): string => Array.from({ length: count }, (_, i) => of(i)).join('\n    ');

/** Adds to four sums: to `sums(j)` the product of the two `factors(component, j)`, "a, b", for component j of a vec4. */
export const fourfold = (sums: (j: number) => string, factors: (component: string, j: number) => string): string =>
  ['x', 'y', 'z', 'w'].map((component, j) => `${sums(j)} = fma(${factors(component, j)}, ${sums(j)});`).join(' ');
