import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { benchNet, benchStep } from './bench-net.js';
import type { Case } from './cases.fixture.js';
import { expectConforms } from './check.fixture.js';
import { ownKernels } from './own-kernels.fixture.js';
import { fallbackCounts, resetCounts } from './profile.js';
import { kernelsFile } from './simd/kernels.js';
import { roundedSize, SimdMemory } from './simd/memory.js';
import type { SimdBackend } from './simd/simd-backend.js';
import { startEngine } from './start.js';

type Four = [number, number, number, number];

/** Half-pixel or corner-aligned bilinear weights of one axis: the two old positions that each new one lies between, and the weight of the second. */
function between(from: number, to: number, { corners, centres }: Corners): { first: number; second: number; share: number }[] {
  const ratio = corners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const shift = centres ? 0.5 : 0;
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(from - 1, Math.max(0, ratio * (i + shift) - shift));
    const first = Math.floor(place);
    return { first, second: Math.min(from - 1, first + 1), share: place - first };
  });
}

interface Corners {
  corners: boolean;
  centres: boolean;
}

function bilinear([n, h, w, c]: Four, size: [number, number], corners: Corners): Case {
  const rows = between(h, size[0], corners);
  const columns = between(w, size[1], corners);
  return {
    title: `bilinear resizing of [${[n, h, w, c].join(', ')}] to ${size.join('x')}${corners.corners ? ', corners aligned' : ''}${corners.centres ? ', half-pixel centres' : ''}`,
    shapes: [[n, h, w, c]],
    op: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, size, corners.corners, corners.centres),
    reference: (x) => Float64Array.from(Array.from({ length: n }, (_, b) => rows.flatMap((row) => columns.flatMap((column) => Array.from({ length: c }, (_, i) => {
      const at = (r: number, k: number) => x[((b * h + r) * w + k) * c + i] ?? 0;
      const across = (r: number) => at(r, column.first) + (at(r, column.second) - at(r, column.first)) * column.share;
      return across(row.first) + (across(row.second) - across(row.first)) * row.share;
    })))).flat()),
  };
}

beforeAll(async () => {
  await startEngine({ backend: 'simd' });
});

describe('the kernels only simd has', () => {
  test.each(ownKernels)('$title agrees with float64 loops, forward and gradient', expectConforms);
});

// Forward only: tfjs has no gradient through half-pixel centres, and for images that are not square one of the wrong shape.
describe('the resizing kernel', () => {
  test.each([
    bilinear([2, 3, 4, 3], [6, 8], { corners: false, centres: false }),
    bilinear([1, 5, 4, 2], [3, 7], { corners: true, centres: false }),
    bilinear([1, 4, 4, 1], [1, 1], { corners: true, centres: false }),
    bilinear([2, 16, 16, 1], [32, 32], { corners: false, centres: true }),
    bilinear([1, 5, 7, 3], [4, 9], { corners: false, centres: true }),
  ])('$title agrees with float64 loops', ({ shapes, op, reference }) => {
    tf.tidy(() => {
      const x = tf.randomNormal([...(shapes[0] ?? [])], 0, 1, 'float32', 4);
      const want = reference(Float64Array.from(x.dataSync()));
      op(x).dataSync().forEach((got, i) => expect(Math.abs(got - (want[i] ?? NaN))).toBeLessThan(1e-6));
    });
  });
});

describe('memory', () => {
  it('neither grows nor falls back to JavaScript while a network trains', () => {
    const net = benchNet(1);
    const x: tf.Tensor4D = tf.randomNormal([4, 8, 8, 1], 0, 1, 'float32', 1);
    const optimizer = tf.train.adam(1e-3);
    const { heap } = tf.backend() as SimdBackend;
    const train = (steps: number) => { for (let i = 0; i < steps; i++) benchStep(net, optimizer, [x, x]); };
    // tfjs's Adam allocates its weights at new addresses in each step; the addresses settle after a few
    train(200);
    const [held, tensors] = [heap.memory.buffer.byteLength, tf.memory().numTensors];
    resetCounts();
    train(300);
    expect([heap.memory.buffer.byteLength, tf.memory().numTensors]).toEqual([held, tensors]);
    expect(Object.keys(fallbackCounts()).filter((name) => name !== 'Fill')).toEqual([]);
    optimizer.dispose();
    tf.dispose([x, net.params]);
  });

  it('gives a freed block to the next tensor of that size, and to no other while it is in use', () => {
    const memory = new SimdMemory();
    const first = memory.take(1000);
    const second = memory.take(1000);
    expect(second).toBeGreaterThanOrEqual(first + 1000);
    memory.give(first, 1000);
    expect(memory.take(1000)).toBe(first);
  });

  it('grows as needed, and refuses more than a memory can hold with an error that says so', () => {
    const memory = new SimdMemory();
    const address = memory.take(40 * 2 ** 20);
    expect(memory.heldBytes).toBeGreaterThanOrEqual(address + 40 * 2 ** 20);
    expect(() => memory.take(5 * 2 ** 30)).toThrow(expect.objectContaining({
      code: 'engine.out_of_memory',
      message: expect.stringMatching(new RegExp(`needs ${5 * 2 ** 30} more bytes.*beyond the ${memory.heldBytes} bytes it holds.*smaller batch`)),
    }));
  });

  it('merges freed neighbours, and splits a free block to the size requested', () => {
    const memory = new SimdMemory();
    const pieces = [1000, 2000, 3000, 50].map((bytes) => memory.take(bytes));
    const [first = 0, second = 0, third = 0] = pieces;
    memory.give(first, 1000);
    memory.give(third, 3000);
    memory.give(second, 2000);
    expect(memory.take(6000)).toBe(first);
    memory.give(first, 6000);
    expect(memory.take(100)).toBe(first);
    expect(memory.take(100)).toBe(first + roundedSize(100));
  });

  it('never lets two blocks overlap, in whatever order they are taken and freed', () => {
    fc.assert(fc.property(fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 5000 }), give: fc.nat(30) }), { maxLength: 120 }), (requests) => {
      const memory = new SimdMemory();
      const held: { address: number; bytes: number }[] = [];
      for (const { bytes, give } of requests) {
        const address = memory.take(bytes);
        expect(address % 16).toBe(0);
        expect(held.filter((piece) => address < piece.address + piece.bytes && piece.address < address + bytes)).toEqual([]);
        held.push({ address, bytes });
        const [given] = give < held.length ? held.splice(give, 1) : [];
        if (given) memory.give(given.address, given.bytes);
      }
      for (const { address, bytes } of held) memory.give(address, bytes);
      expect(memory.used.now).toBe(0);
      expect(memory.take(1)).toBe(65536);
    }), { numRuns: 50 });
  });

  it('serves addresses beyond 2 GiB', () => {
    const { heap } = tf.backend() as SimdBackend;
    const bytes = 2.2 * 2 ** 30;
    const below = heap.take(bytes);
    const [x, filter] = [tf.ones([1, 4, 4, 4]), tf.ones([3, 3, 4, 8])] as [tf.Tensor4D, tf.Tensor4D];
    const y = tf.tidy(() => tf.mean(tf.add(tf.conv2d(x, filter, 1, 'valid'), tf.conv2d(x, filter, 1, 'valid'))));
    expect(heap.heldBytes).toBeGreaterThan(bytes);
    expect(y.dataSync()[0]).toBe(72);
    tf.dispose([x, filter, y]);
    heap.give(below, bytes);
  });

  it('keeps views valid when it grows', () => {
    const kept = tf.tensor1d([1, 2, 3]);
    tf.dispose(tf.zeros([2 ** 24]));
    expect([...kept.dataSync()]).toEqual([1, 2, 3]);
    kept.dispose();
  });
});

describe('numbers', () => {
  it('are copied in and out', () => {
    const mine = Float32Array.of(1, 2, 3, 4);
    const tensor = tf.tensor1d(mine);
    mine[0] = 100;
    const read = tensor.dataSync();
    expect([...read]).toEqual([1, 2, 3, 4]);
    read[1] = 100;
    expect([...tensor.dataSync()]).toEqual([1, 2, 3, 4]);
    tensor.dispose();
  });

  it.each(['sigmoid', 'exp', 'relu', 'sqrt', 'step'] as const)('that are NaN stay NaN through %s', (name) => {
    const y = tf.tidy(() => tf[name](tf.tensor1d([NaN, 1, NaN, 2, NaN])).dataSync());
    expect([...y].map(Number.isNaN)).toEqual([true, false, true, false, true]);
  });

  it('that are NaN stay NaN through softmax and clipping', () => {
    const x = tf.tensor2d([[1, NaN, 2, 3, 4], [1, 2, 3, 4, 5]]);
    const [shares, held] = [tf.softmax(x).arraySync() as number[][], tf.clipByValue(x, 0, 3).arraySync() as number[][]];
    expect(shares.map((row) => row.some(Number.isNaN))).toEqual([true, false]);
    expect(held).toEqual([[1, NaN, 2, 3, 3], [1, 2, 3, 3, 3]]);
    x.dispose();
  });

  it('overflow and underflow in exp where float32 does', () => {
    const y = tf.tidy(() => tf.exp(tf.tensor1d([-Infinity, -1000, 1000, Infinity])).dataSync());
    expect([...y]).toEqual([0, 0, Infinity, Infinity]);
  });

  it('of integer tensors are handled by the kernels of the cpu backend', () => {
    resetCounts();
    const sum = tf.tidy(() => tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32')));
    expect(sum.dtype).toBe('int32');
    expect([...sum.dataSync()]).toEqual([4, 6]);
    expect(fallbackCounts()).toMatchObject({ Add: { calls: 1 } });
    sum.dispose();
  });
});

describe('the committed kernels', () => {
  it('equal what their sources compile to, byte for byte', () => {
    const folder = mkdtempSync(join(tmpdir(), 'elucidate-kernels-'));
    execFileSync(process.execPath, [join(kernelsFile('simd'), '..', '..', 'tools', 'build-kernels.mjs'), folder]);
    for (const build of ['simd', 'simd-relaxed'] as const) expect(readFileSync(join(folder, `${build}.wasm`)).equals(readFileSync(kernelsFile(build)))).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
