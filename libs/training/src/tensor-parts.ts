import { open } from 'node:fs/promises';
import { elementSize, type FileLayout, headerEnd, layoutOf, parseHeader, type PlacedEntry, type SafetensorsFile, storedOf, type StoredTensor, type TensorEntry } from './safetensors.js';

/** Safetensors files written and read in parts: a stage's output for many images need not fit in memory. */

export interface TensorWriter {
  /** Writes numbers into a tensor, starting at this flat index. */
  write(name: string, index: number, data: StoredTensor['data']): Promise<void>;
  /** The file is complete once everything has been written and this has resolved. */
  close(): Promise<void>;
}

/** Starts a file of tensors of known shapes: the same bytes as `encodeSafetensors` of the numbers written, in any order. */
export async function createTensors(path: string, tensors: Readonly<Record<string, TensorEntry>>, metadata: SafetensorsFile['metadata'] = {}): Promise<TensorWriter> {
  const { header, starts, bytes }: FileLayout = layoutOf(tensors, metadata);
  const file = await open(path, 'w');
  await file.truncate(bytes);
  await file.write(header, 0, header.length, 0);
  return {
    async write(name, index, data) {
      const part = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      let done = 0;
      while (done < part.length) done += (await file.write(part, done, part.length - done, starts[name]! + index * data.BYTES_PER_ELEMENT + done)).bytesWritten;
    },
    close: () => file.close(),
  };
}

export interface TensorReader {
  readonly metadata: SafetensorsFile['metadata'];
  readonly tensors: Readonly<Record<string, PlacedEntry>>;
  /** Slice `index` of a tensor along its first axis, with that axis removed from its shape. */
  part(name: string, index: number): Promise<StoredTensor>;
  whole(name: string): Promise<StoredTensor>;
  close(): Promise<void>;
}

/** Opens a file and reads only its header. Throws artifact.corrupt. */
export async function openTensors(path: string): Promise<TensorReader> {
  const file = await open(path, 'r');
  const read = async (at: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await file.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes;
  };
  const tensorAt = async ({ dtype, shape, start }: PlacedEntry, index: number): Promise<StoredTensor> => {
    const bytes = shape.reduce((product, n) => product * n, elementSize(dtype));
    return storedOf({ dtype, shape }, await read(start + index * bytes, bytes));
  };
  try {
    const { size: bytes } = await file.stat();
    const start = headerEnd(await read(0, 8), bytes, path);
    const { metadata, tensors } = parseHeader(await read(8, start - 8), { start, bytes, name: path });
    return {
      metadata,
      tensors,
      part: (name, index) => tensorAt({ ...tensors[name]!, shape: tensors[name]!.shape.slice(1) }, index),
      whole: (name) => tensorAt(tensors[name]!, 0),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
