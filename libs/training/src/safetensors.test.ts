import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from './safetensors.js';

const file: SafetensorsFile = {
  metadata: { made: 'here' },
  tensors: {
    bytes: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 255) },
    half: { dtype: 'F32', shape: [1, 2], data: Float32Array.of(0.5, -0) },
    long: { dtype: 'I64', shape: [], data: BigInt64Array.of(-(2n ** 60n)) },
    none: { dtype: 'F32', shape: [0, 4], data: new Float32Array() },
    wide: { dtype: 'F64', shape: [1], data: Float64Array.of(Math.PI) },
  },
};

/** A file with this header and this many bytes of data. */
function made(header: unknown, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const entry = (shape: unknown, from: unknown, to: unknown, dtype = 'F32') => ({ dtype, shape, data_offsets: [from, to] });

describe('safetensors', () => {
  it('gives back every tensor bit for bit, with types, shapes and metadata', () => {
    expect(decodeSafetensors(encodeSafetensors(file), 'made')).toEqual(file);
  });

  it('reads a file at an odd address in memory', () => {
    const bytes = encodeSafetensors(file);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeSafetensors(shifted.subarray(1), 'made')).toEqual(file);
    expect(decodeSafetensors(Buffer.from(shifted.buffer, 1), 'made')).toEqual(file);
  });

  it('writes the layout of the format', () => {
    const bytes = encodeSafetensors({ metadata: {}, tensors: { a: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } } });
    const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    expect(Buffer.from(bytes.subarray(8, 8 + header.length)).toString()).toBe(header);
    expect([...bytes.subarray(0, 8)]).toEqual([56, 0, 0, 0, 0, 0, 0, 0]);
    expect([...bytes.subarray(-4)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('gives the same bytes whatever the order of names', () => {
    const reversed = { ...file, tensors: Object.fromEntries(Object.entries(file.tensors).reverse()) };
    expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors(file));
  });

  it.each<[string, Uint8Array]>([
    ['an empty file', new Uint8Array()],
    ['a header longer than the file', made({}).subarray(0, 9)],
    ['a header of astronomical length', new Uint8Array(8).fill(0xff)],
    ['a header that is not JSON', made('{"a":')],
    ['a header that is a list', made([])],
    ['an unknown element type', made({ a: entry([1], 0, 2, 'BF99') }, 2)],
    ['a negative dimension', made({ a: entry([-1], 0, 4) }, 4)],
    ['a fractional offset', made({ a: entry([1], 0.5, 4.5) }, 5)],
    ['a tensor without offsets', made({ a: { dtype: 'F32', shape: [1] } }, 4)],
    ['offsets that do not fit the shape', made({ a: entry([2], 0, 4) }, 4)],
    ['a shape whose size overflows', made({ a: entry([2 ** 40, 2 ** 40], 0, 4) }, 4)],
    ['tensors that overlap', made({ a: entry([2], 0, 8), b: entry([2], 4, 12) }, 12)],
    ['a gap between tensors', made({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12)],
    ['bytes after the last tensor', made({ a: entry([1], 0, 4) }, 5)],
    ['a file cut short', encodeSafetensors(file).subarray(0, -1)],
    ['metadata that is not text', made({ __metadata__: { n: 1 } })],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeSafetensors(bytes, 'made')).toThrow(expect.objectContaining({ code: 'artifact.corrupt', message: expect.stringContaining('made') }));
  });
});
