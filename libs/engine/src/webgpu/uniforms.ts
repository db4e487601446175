/** A number, or two that stand together, that a program is given when it runs. */
export interface Uniform {
  type: 'int32' | 'float32';
  data: number[];
}

/** Whole numbers that stand together. */
export const ints = (...data: number[]): Uniform => ({ type: 'int32', data });

/** As WGSL lays a struct out: a number after the one before, two at a multiple of their own 8 bytes, and the whole a multiple of 8. */
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
