import { crc32, inflateRawSync } from 'node:zlib';

/** An array of a file: float32 and float64 as they are, whole numbers as numbers. */
export interface NamedArray {
  readonly shape: readonly number[];
  /** Row by row. */
  readonly data: Float32Array | Float64Array;
  readonly integer: boolean;
}

type Read = (view: DataView, at: number) => number;

/** Element types of NumPy that are read, little-endian: bytes, and how one is read. */
const elements: Readonly<Record<string, { bytes: number; read: Read }>> = {
  f4: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  f8: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  i2: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  u2: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  i4: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  u4: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  i8: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  u8: { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
};

const magic = Buffer.from('\x93NUMPY', 'latin1');

/** The array of a .npy file, of format 1.0 to 3.0 (numpy/lib/format.py). Throws RangeError, its message what is wrong with the file. */
export function readNpy(file: Buffer): NamedArray {
  if (!file.subarray(0, 6).equals(magic)) throw new RangeError('it does not begin as a .npy file does');
  const wide = file[6]! >= 2;
  const start = wide ? 12 : 10;
  if (file.length < start) throw new RangeError(`it ends after ${file.length} bytes`);
  const from = start + (wide ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.toString('latin1', start, from);
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]?.split(',').map((word) => word.trim()).filter((word) => word !== '').map(Number);
  if (type === undefined || shape === undefined || !shape.every(Number.isSafeInteger)) throw new RangeError(`its header says neither type nor shape, or another kind of type: ${header.trim().slice(0, 100)}`);
  const element = /^[<|=]/.test(type) ? elements[type.slice(1)] : undefined;
  if (element === undefined) throw new RangeError(`its numbers are of type ${type}; save them as float32 or float64 (labels: as whole numbers), as in numpy.save(file, array.astype("float32"))`);
  const count = shape.reduce((product, n) => product * n, 1);
  if (file.length - from !== count * element.bytes) throw new RangeError(`its shape (${shape.join(', ')}) takes ${count * element.bytes} bytes, but ${file.length - from} follow the header`);
  const data = type.endsWith('f4') ? new Float32Array(count) : new Float64Array(count);
  const view = new DataView(file.buffer, file.byteOffset + from, file.length - from);
  const place = /'fortran_order':\s*True/.test(header) ? columnMajor(shape) : (i: number) => i;
  for (let i = 0; i < count; i++) data[i] = element.read(view, place(i) * element.bytes);
  return { shape, data, integer: !/f\d$/.test(type) };
}

/** Where the i-th element, row by row, is in an array that is kept column by column. */
function columnMajor(shape: readonly number[]): (i: number) => number {
  return (i) => {
    let [rest, stride, place] = [i, shape.reduce((product, n) => product * n, 1), 0];
    for (const n of shape.toReversed()) {
      stride /= n;
      place += (rest % n) * stride;
      rest = Math.floor(rest / n);
    }
    return place;
  };
}

const [localEntry, directoryEntry, directoryEnd] = [0x04034b50, 0x02014b50, 0x06054b50];

/** What reads each array of a .npz file, a ZIP of .npy files, stored or deflated, by name. Throws RangeError, its message what is wrong with the file, as each of them does. */
export function readNpz(file: Buffer): Readonly<Record<string, () => NamedArray>> {
  const arrays: Record<string, () => NamedArray> = {};
  let at = directoryOf(file);
  while (at + 46 <= file.length && file.readUInt32LE(at) === directoryEntry) {
    const [nameLength, extraLength, commentLength] = [file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32)];
    const name = file.toString('utf8', at + 46, at + 46 + nameLength).replace(/\.npy$/, '');
    const place = at;
    arrays[name] = () => {
      try {
        return readNpy(entryOf(file, place));
      } catch (cause) {
        throw new RangeError(`${name}: ${(cause as Error).message}`, { cause });
      }
    };
    at += 46 + nameLength + extraLength + commentLength;
  }
  return arrays;
}

/** Where the directory of a ZIP begins, as its end says, which a comment may follow. */
function directoryOf(file: Buffer): number {
  for (let at = file.length - 22; at >= Math.max(0, file.length - 22 - 0xffff); at--) if (file.readUInt32LE(at) === directoryEnd) return file.readUInt32LE(at + 16);
  throw new RangeError('it is no whole .npz file, a ZIP of .npy files');
}

function entryOf(file: Buffer, at: number): Buffer {
  const [method, crc, packed, unpacked, local] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 16), file.readUInt32LE(at + 20), file.readUInt32LE(at + 24), file.readUInt32LE(at + 42)];
  if ([packed, unpacked, local].includes(0xffffffff)) throw new RangeError('arrays of 4 GB and more are not read; save fewer images');
  if (file.readUInt32LE(local) !== localEntry) throw new RangeError('the directory of the ZIP points elsewhere; the file is damaged');
  const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
  const bytes = file.subarray(from, from + packed);
  if (method !== 0 && method !== 8) throw new RangeError(`it is packed by method ${method} of ZIP; save it with numpy.savez or numpy.savez_compressed`);
  const whole = method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(1, unpacked) });
  if (whole.length !== unpacked || crc32(whole) !== crc) throw new RangeError('its checksum is not that of the ZIP; the file is damaged');
  return whole;
}
