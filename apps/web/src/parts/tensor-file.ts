/** Where the images of a file are, a safetensors file (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header, the header, the tensors. */
export interface ImageTensor {
  dtype: 'U8' | 'F32';
  /** [steps,n,h,w,c]. */
  shape: readonly [number, number, number, number, number];
  /** Of its first byte in the file. */
  at: number;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** The length of the header, from the first eight bytes: little endian. */
export const headerLength = (first: ArrayBuffer): number => Number(new DataView(first).getBigUint64(0, true));

/** The tensor `trajectory` of a header, x0-hat of each step; undefined if it has none. */
export function trajectoryIn(header: string): ImageTensor | undefined {
  const found = (JSON.parse(header) as Record<string, Entry | undefined>)['trajectory'];
  if (found === undefined || (found.dtype !== 'U8' && found.dtype !== 'F32')) return undefined;
  return { dtype: found.dtype, shape: found.shape as unknown as ImageTensor['shape'], at: 8 + new TextEncoder().encode(header).length + found.data_offsets[0] };
}

/** First and last byte of the first `most` images of a step. */
export function bytesOf({ dtype, shape: [, n, h, w, c], at }: ImageTensor, step: number, most: number): readonly [first: number, last: number] {
  const image = h * w * c * (dtype === 'U8' ? 1 : 4);
  const first = at + step * n * image;
  return [first, first + Math.min(most, n) * image - 1];
}

/** Images of one or three channels side by side as RGBA, `columns` in a row. Numbers are of [-1, 1]. */
export function sheetOf(bytes: ArrayBuffer, { dtype, shape: [, , h, w, c] }: ImageTensor, columns: number): { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } {
  const values = dtype === 'U8' ? new Uint8Array(bytes) : Float32Array.from(new Float32Array(bytes), (value) => (value + 1) * 127.5);
  const count = values.length / (h * w * c);
  const [width, height] = [columns * w, Math.ceil(count / columns) * h];
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const from = ((i * h + y) * w + x) * c;
        const to = ((Math.floor(i / columns) * h + y) * width + (i % columns) * w + x) * 4;
        for (let channel = 0; channel < 3; channel++) data[to + channel] = values[from + (c === 1 ? 0 : channel)]!;
        data[to + 3] = 255;
      }
    }
  }
  return { width, height, data };
}
