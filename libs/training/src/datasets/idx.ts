import { ElucidateError } from '@elucidate/experiment/errors';

/** Unsigned bytes with a shape, as stored in an IDX file. */
export interface ByteArray {
  shape: readonly number[];
  data: Uint8Array;
}

const unsignedByte = 0x08;

/**
 * Reads an IDX file of unsigned bytes: two zero bytes, a type, the number of dimensions, each dimension as big-endian uint32, then the bytes.
 * The data share the buffer's memory. Throws data.corrupt; `name` is used in its message.
 */
export function parseIdx(bytes: Uint8Array, name: string): ByteArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0) throw corrupt(name, 'it does not begin with the two zero bytes of an IDX file');
  if (bytes[2] !== unsignedByte) throw corrupt(name, `its element type is 0x${bytes[2]!.toString(16)}, not unsigned byte (0x8)`);
  const start = 4 + 4 * bytes[3]!;
  if (bytes.length < start) throw corrupt(name, `it ends inside its header, after ${bytes.length} bytes`);
  const shape = Array.from({ length: bytes[3]! }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, n) => product * n, 1);
  if (bytes.length - start !== size) throw corrupt(name, `its shape ${shape.join('x')} needs ${size} bytes, but ${bytes.length - start} follow the header`);
  return { shape, data: bytes.subarray(start) };
}

function corrupt(name: string, reason: string): ElucidateError {
  return new ElucidateError('data.corrupt', `${name} is not a readable IDX file: ${reason}; delete it and fetch it again`, { details: { file: name } });
}
