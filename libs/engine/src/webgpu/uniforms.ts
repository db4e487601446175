/** A number, or a pair of numbers, passed to a program when it runs. */
export interface Uniform {
  type: 'int32' | 'float32';
  data: number[];
}

/** Integers, passed together. */
export const ints = (...data: number[]): Uniform => ({ type: 'int32', data });

/** WGSL's struct layout: numbers follow each other, pairs are aligned to their own 8 bytes, and the total is a multiple of 8. */
export function laidOut(uniforms: readonly Uniform[]): ArrayBuffer {
  let end = 0;
  const starts = uniforms.map(({ data }) => {
    const at = data.length === 1 ? end : Math.ceil(end / 2) * 2;
    end = at + data.length;
    return at;
  });
  const bytes = new ArrayBuffer(Math.ceil(end / 2) * 8);
  uniforms.forEach(({ type, data }, i) => (type === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes)).set(data, starts[i]));
  return bytes;
}
