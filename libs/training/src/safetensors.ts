import { z } from 'zod';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Arrays by the name safetensors gives their element type. All little-endian, as is every machine Node runs on that we support. */
const arrays = { F32: Float32Array, F64: Float64Array, U8: Uint8Array, I64: BigInt64Array } as const;
export type Dtype = keyof typeof arrays;

/** A tensor with its element type and shape; `data` row by row. */
export type StoredTensor = { [D in Dtype]: { dtype: D; shape: readonly number[]; data: DataOf[D] } }[Dtype];

interface DataOf {
  F32: Float32Array;
  F64: Float64Array;
  U8: Uint8Array;
  I64: BigInt64Array;
}

export interface SafetensorsFile {
  tensors: Readonly<Record<string, StoredTensor>>;
  metadata: Readonly<Record<string, string>>;
}

const size = z.int().min(0);
const entrySchema = z.strictObject({ dtype: z.enum(['F32', 'F64', 'U8', 'I64']), shape: z.array(size), data_offsets: z.tuple([size, size]) });
const headerSchema = z.object({ __metadata__: z.record(z.string(), z.string()).optional() }).catchall(entrySchema);
type Entry = z.infer<typeof entrySchema>;

/** Bytes of a safetensors file (huggingface.co/docs/safetensors). The same tensors in another order of names give the same bytes. */
export function encodeSafetensors({ tensors, metadata }: SafetensorsFile): Uint8Array {
  const sorted = Object.entries(tensors).sort(([a, x], [b, y]) => elementSize(y.dtype) - elementSize(x.dtype) || (a < b ? -1 : 1));
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. Tensors must fill the file without gap or overlap. Throws artifact.corrupt; `name` is for its message.
 * The arrays are copies.
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const { header, start } = readHeader(bytes, name);
  const { __metadata__: metadata = {}, ...entries } = header as { __metadata__?: Record<string, string> } & Record<string, Entry>;
  let end = 0;
  for (const [tensor, entry] of Object.entries(entries as Record<string, Entry>).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1])) {
    const [from, to] = entry.data_offsets;
    const needed = entry.shape.reduce((product, n) => product * n, elementSize(entry.dtype));
    if (to - from !== needed) throw corrupt(name, `tensor ${tensor} of shape [${entry.shape.join(', ')}] and type ${entry.dtype} needs ${needed} bytes, but has offsets ${from} to ${to}`);
    if (from !== end) throw corrupt(name, `tensor ${tensor} begins at ${from}, where the one before it ends at ${end}`);
    end = to;
  }
  if (start + end !== bytes.length) throw corrupt(name, `its header describes ${start + end} bytes, but it has ${bytes.length}`);
  return { metadata, tensors: Object.fromEntries(Object.entries(entries as Record<string, Entry>).map(([key, entry]) => [key, tensorOf(bytes, start, entry)])) };
}

function readHeader(bytes: Uint8Array, name: string): { header: z.infer<typeof headerSchema>; start: number } {
  if (bytes.length < 8) throw corrupt(name, `it ends after ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) throw corrupt(name, `its header should take ${length} bytes, but ${bytes.length - 8} follow`);
  const start = 8 + Number(length);
  const parsed = headerSchema.safeParse(jsonOf(bytes.subarray(8, start), name));
  if (!parsed.success) throw corrupt(name, `its header is wrong: ${z.prettifyError(parsed.error)}`);
  return { header: parsed.data, start };
}

function jsonOf(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt(name, 'its header is not JSON', cause);
  }
}

function tensorOf(bytes: Uint8Array, start: number, { dtype, shape, data_offsets: [from, to] }: Entry): StoredTensor {
  // not bytes.slice: a Buffer's shares memory
  const own = new Uint8Array(bytes.subarray(start + from, start + to));
  return { dtype, shape, data: new arrays[dtype](own.buffer) } as StoredTensor;
}

function elementSize(dtype: Dtype): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

function corrupt(name: string, reason: string, cause?: unknown): ElucidateError {
  return new ElucidateError('artifact.corrupt', `${name} is not a whole safetensors file: ${reason}; remove it and let its stage run again`, { cause, details: { file: name } });
}
