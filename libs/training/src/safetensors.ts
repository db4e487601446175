import { z } from 'zod';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Typed arrays by safetensors' name of their element type. All little-endian, as is every machine we support that runs Node. */
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

/** A tensor's element type and shape. */
export interface TensorEntry {
  dtype: Dtype;
  shape: readonly number[];
}

/** The layout of a file before any numbers are known: its first bytes, and where each tensor begins. */
export interface FileLayout {
  header: Uint8Array;
  starts: Readonly<Record<string, number>>;
  /** Size of the whole file. */
  bytes: number;
}

const bytesOf = ({ dtype, shape }: TensorEntry): number => shape.reduce((product, n) => product * n, elementSize(dtype));

/** The layout of a safetensors file (huggingface.co/docs/safetensors): large elements first, then by name, regardless of the order given. */
export function layoutOf(tensors: Readonly<Record<string, TensorEntry>>, metadata: SafetensorsFile['metadata']): FileLayout {
  const sorted = Object.entries(tensors).sort(([a, x], [b, y]) => elementSize(y.dtype) - elementSize(x.dtype) || (a < b ? -1 : 1));
  const entries: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const offsets: [string, number][] = [];
  let end = 0;
  for (const [name, { dtype, shape }] of sorted) {
    offsets.push([name, end]);
    entries[name] = { dtype, shape, data_offsets: [end, end += bytesOf({ dtype, shape })] };
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const header = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(text, 8);
  return { header, starts: Object.fromEntries(offsets.map(([name, at]) => [name, header.length + at])), bytes: header.length + end };
}

/** The bytes of a safetensors file. */
export function encodeSafetensors({ tensors, metadata }: SafetensorsFile): Uint8Array {
  const { header, starts, bytes } = layoutOf(tensors, metadata);
  const file = new Uint8Array(bytes);
  file.set(header);
  for (const [name, { data }] of Object.entries(tensors)) file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), starts[name]);
  return file;
}

/**
 * Reads a safetensors file. Tensors must fill the file without gap or overlap. Throws artifact.corrupt; `name` is used in its message.
 * The arrays are copies.
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const start = headerEnd(bytes, bytes.length, name);
  const { metadata, tensors } = parseHeader(bytes.subarray(8, start), { start, bytes: bytes.length, name });
  return { metadata, tensors: Object.fromEntries(Object.entries(tensors).map(([key, entry]) => [key, tensorOf(bytes, entry)])) };
}

/** A tensor's entry, and its offset in the file. */
export interface PlacedEntry extends TensorEntry {
  start: number;
}

/** Offset of the data in a file of this size, from its first eight bytes. Throws artifact.corrupt. */
export function headerEnd(first: Uint8Array, bytes: number, name: string): number {
  if (bytes < 8) throw corrupt(name, `it ends after ${bytes} bytes`);
  const length = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes - 8)) throw corrupt(name, `its header should take ${length} bytes, but ${bytes - 8} follow`);
  return 8 + Number(length);
}

/** A file's metadata and entries, from the text of its header. Tensors must fill the file without gap or overlap. Throws artifact.corrupt. */
export function parseHeader(text: Uint8Array, { start, bytes, name }: { start: number; bytes: number; name: string }): { metadata: SafetensorsFile['metadata']; tensors: Readonly<Record<string, PlacedEntry>> } {
  const parsed = headerSchema.safeParse(jsonOf(text, name));
  if (!parsed.success) throw corrupt(name, `its header is wrong: ${z.prettifyError(parsed.error)}`);
  const { __metadata__: metadata = {}, ...entries } = parsed.data as { __metadata__?: Record<string, string> } & Record<string, Entry>;
  const inOrder = Object.entries(entries as Record<string, Entry>).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  let end = 0;
  for (const [tensor, { data_offsets: [from, to], ...entry }] of inOrder) {
    const needed = bytesOf(entry);
    if (to - from !== needed) throw corrupt(name, `tensor ${tensor} of shape [${entry.shape.join(', ')}] and type ${entry.dtype} needs ${needed} bytes, but has offsets ${from} to ${to}`);
    if (from !== end) throw corrupt(name, `tensor ${tensor} begins at ${from}, where the one before it ends at ${end}`);
    end = to;
  }
  if (start + end !== bytes) throw corrupt(name, `its header describes ${start + end} bytes, but it has ${bytes}`);
  return { metadata, tensors: Object.fromEntries(Object.entries(entries as Record<string, Entry>).map(([key, { dtype, shape, data_offsets: [from] }]) => [key, { dtype, shape, start: start + from }])) };
}

function jsonOf(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt(name, 'its header is not JSON', cause);
  }
}

function tensorOf(bytes: Uint8Array, { start, ...entry }: PlacedEntry): StoredTensor {
  // not bytes.slice: on a Buffer it shares memory
  return storedOf(entry, new Uint8Array(bytes.subarray(start, start + bytesOf(entry))));
}

/** A tensor over bytes that nothing else uses. */
export function storedOf({ dtype, shape }: TensorEntry, own: Uint8Array<ArrayBuffer>): StoredTensor {
  return { dtype, shape, data: new arrays[dtype](own.buffer) } as StoredTensor;
}

/** Bytes per number. */
export function elementSize(dtype: Dtype): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

function corrupt(name: string, reason: string, cause?: unknown): ElucidateError {
  return new ElucidateError('artifact.corrupt', `${name} is not a whole safetensors file: ${reason}; remove it and let its stage run again`, { cause, details: { file: name, reason } });
}
