import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSafetensors, type StoredTensor } from './safetensors.js';
import { createTensors, openTensors } from './tensor-parts.js';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'elucidate-parts-')); });
afterAll(() => rm(folder, { recursive: true }));

const images: StoredTensor = { dtype: 'U8', shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
const trajectory: StoredTensor = { dtype: 'F32', shape: [2, 2, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
const labels: StoredTensor = { dtype: 'I64', shape: [2], data: BigInt64Array.of(7n, 9n) };
const tensors = { images, trajectory, labels };
const metadata = { classes: '["a","b"]' };

test('a file written in parts, the last first, is byte for byte the file encoded as a whole', async () => {
  const path = join(folder, 'parts.safetensors');
  const file = await createTensors(path, tensors, metadata);
  for (let step = 1; step >= 0; step--) for (let i = 3; i >= 0; i--) await file.write('trajectory', step * 4 + i, trajectory.data.subarray(step * 4 + i, step * 4 + i + 1) as Float32Array);
  await file.write('images', 3, images.data.subarray(3) as Uint8Array);
  await file.write('images', 0, images.data.subarray(0, 3) as Uint8Array);
  await file.write('labels', 0, labels.data);
  await file.close();
  expect(Buffer.from(encodeSafetensors({ tensors, metadata })).equals(await readFile(path))).toBe(true);
});

test('a file is read in parts along the first axis, and as a whole', async () => {
  const path = join(folder, 'whole.safetensors');
  await writeFile(path, encodeSafetensors({ tensors, metadata }));
  const file = await openTensors(path);
  expect(file.metadata).toEqual(metadata);
  expect(Object.keys(file.tensors).sort()).toEqual(['images', 'labels', 'trajectory']);
  expect(await file.part('trajectory', 1)).toEqual({ dtype: 'F32', shape: [2, 2], data: Float32Array.of(5, 6, 7, 8) });
  expect(await file.part('images', 0)).toEqual({ dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) });
  expect(await file.whole('labels')).toEqual(labels);
  await file.close();
});

test.each([
  ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
  ['of five bytes', (bytes: Uint8Array) => bytes.subarray(0, 5)],
  ['with another header', (bytes: Uint8Array) => bytes.map((byte, i) => (i === 9 ? 0x21 : byte))],
])('a file %s is reported as corrupt before any tensor is read', async (_, change) => {
  const path = join(folder, 'corrupt.safetensors');
  await writeFile(path, change(encodeSafetensors({ tensors, metadata })));
  await expect(openTensors(path)).rejects.toMatchObject({ code: 'artifact.corrupt', message: expect.stringContaining(path) });
});
