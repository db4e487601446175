/** n points of d features each, row by row. */
export interface Features {
  /** [n,d], row-major. */
  readonly values: Float32Array | Float64Array;
  readonly n: number;
  readonly d: number;
}

/** The rows [from, to) of a feature matrix; shares its memory. */
export function rows({ values, d }: Features, from: number, to: number): Features {
  return { values: values.subarray(from * d, to * d), n: to - from, d };
}

/** The rows of these places, in their order; a copy. */
export function picked({ values, d }: Features, places: ArrayLike<number>): Features {
  const out = new Float64Array(places.length * d);
  for (let to = 0; to < places.length; to++) out.set(values.subarray(places[to]! * d, places[to]! * d + d), to * d);
  return { values: out, n: places.length, d };
}
