import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addonFile, loadAddon, nativeErrorCodes } from './addon.js';
import type { Addon } from './addon.js';
import { codeOf, inOrder, kernelLayouts, type KernelName } from './kernel-layouts.js';

interface ConvolutionCase {
  pass?: KernelName<'ConvolutionPass'>;
  x?: number;
  filter: number;
  y: number;
  images: number;
  /** Of x: pixels a side and channels. */
  from: [size: number, channels: number];
  to: [size: number, channels: number];
  taps: number;
  dilation?: number;
  pad: number;
}

/** Arguments of a convolution with as many rows as columns. */
const convolutionOf = ({ pass = 'forward', x = 0, filter, y, images, from: [size, channels], to: [outSize, outChannels], taps, dilation = 1, pad }: ConvolutionCase) =>
  inOrder('ConvolutionArgument', {
    x, filter, y, pass: codeOf('ConvolutionPass', pass), images, height: size, width: size, channels, outHeight: outSize, outWidth: outSize, outChannels,
    filterHeight: taps, filterWidth: taps, strideHeight: 1, strideWidth: 1, dilationHeight: dilation, dilationWidth: dilation, padTop: pad, padLeft: pad,
  });

const square = codeOf('UnaryOp', 'Square');

const loaded = loadAddon();
const built = 'addon' in loaded;
const whereBuilt = built ? describe : describe.skip;
if (!built) console.warn(`native kernels: not tested here, because ${loaded.reason}; ${loaded.remedy}`);

describe('loadAddon', () => {
  it('reports an absent file as not built, and how to build it', () => {
    expect(loadAddon('/nowhere/engine_native.node')).toEqual({ reason: 'it is not built', remedy: expect.stringMatching(/npm run build:native.*apt install/) });
  });

  it('reports why a file does not load, in the words of the loader', () => {
    const folder = mkdtempSync(join(tmpdir(), 'elucidate-native-'));
    const file = join(folder, 'engine_native.node');
    writeFileSync(file, 'no library');
    expect(loadAddon(file)).toMatchObject({ reason: expect.stringMatching(/^it does not load \(.+\)$/) });
    rmSync(folder, { recursive: true });
  });
});

whereBuilt(built ? 'the kernels' : `the kernels: ${loaded.reason}. ${loaded.remedy}`, () => {
  const { addon } = loaded as { addon: Addon };
  afterAll(() => addon.setThreads(1));

  /** Numbers of order 1, a different one at each index. */
  const wave = new Float32Array(2 ** 20);
  for (let i = 0; i < wave.length; i++) wave[i] = ((i * 40_503) % 65_521) / 16_384 - 2;

  /** A memory with such numbers in it. */
  function numbers(count: number): { bytes: Uint8Array; floats: Float32Array } {
    const floats = wave.slice(0, count);
    return { bytes: new Uint8Array(floats.buffer), floats };
  }

  const refused = (message: RegExp) => expect.objectContaining({ code: nativeErrorCodes.failure, message: expect.stringMatching(message) });

  it('refuse addresses outside the memory', () => {
    const { bytes } = numbers(64);
    expect(() => addon.unary(bytes, square, 0, 128, 33)).toThrow(refused(/^unary: 132 bytes at 128 lie outside a memory of 256$/));
    expect(() => addon.unary(bytes, square, -4, 0, 1)).toThrow(refused(/outside/));
  });

  it('refuse an unknown operation, a missing argument and a memory that is not bytes', () => {
    const { bytes } = numbers(64);
    expect(() => addon.unary(bytes, 99, 0, 0, 1)).toThrow(refused(/operation 99/));
    expect(() => addon.unary(bytes, square, 0)).toThrow(refused(/argument 3 is missing/));
    expect(() => addon.unary(new Float32Array(4) as unknown as Uint8Array, square, 0, 0, 1)).toThrow(refused(/Uint8Array/));
    expect(() => addon.setThreads(0)).toThrow(refused(/threads/));
  });

  it('name oneDNN and its status when oneDNN refuses a shape', () => {
    const { bytes } = numbers(4096);
    // oneDNN does not support a dilation of 0.
    expect(() => addon.convolution(bytes, ...convolutionOf({ filter: 4096, y: 8192, images: 1, from: [8, 4], to: [6, 4], taps: 3, dilation: 0, pad: 0 }))).toThrow(refused(/^convolution: oneDNN: .+ \(status \d+\)$/));
  });

  it('read a memory of 4 GiB up to its end', () => {
    const memory = new SharedArrayBuffer(2 ** 32);
    const last = 2 ** 32 - 16;
    new Float32Array(memory, last, 2).set([3, -4]);
    addon.unary(new Uint8Array(memory), square, last, last + 8, 2);
    expect([...new Float32Array(memory, last + 8, 2)]).toEqual([9, 16]);
  });

  /** Where each kernel's output is in 2^20 numbers, and its arguments; x starts at 0, the rest follow. */
  const [second, third] = [2 ** 20, 2 ** 21];
  const conv = (pass: KernelName<'ConvolutionPass'>, outChannels = 24) => (bytes: Uint8Array) =>
    addon.convolution(bytes, ...convolutionOf({ pass, filter: second, y: third, images: 9, from: [16, 16], to: [16, outChannels], taps: 3, pad: 1 }));
  const calls: [string, (bytes: Uint8Array) => void][] = [
    ['convolution', conv('forward')],
    ['input gradient', conv('inputGradient')],
    ['filter gradient', conv('filterGradient')],
    ['convolution by tiles', conv('forward', 32)],
    ['input gradient by tiles', conv('inputGradient', 32)],
    ['filter gradient by tiles', conv('filterGradient', 32)],
    ['filter gradient by rows of tiles', (bytes) => addon.convolution(bytes, ...convolutionOf({ pass: 'filterGradient', filter: second, y: third, images: 9, from: [8, 64], to: [8, 64], taps: 3, pad: 1 }))],
    ['product', (bytes) => addon.multiply(bytes, 0, second, third, 700, 64, 64, 0, 0, 64, 1, 64, 1, 0, 0, 175)],
    ['sum of rows', (bytes) => addon.sumRows(bytes, 0, third, 2, 100_000, 1)],
    ['sum of columns', (bytes) => addon.sumColumns(bytes, 0, third, 1, 20_000, 12, 1)],
    ['exponential', (bytes) => addon.unary(bytes, codeOf('UnaryOp', 'Exp'), 0, third, 200_001)],
    ['group norm', (bytes) => addon.groupNormSilu(bytes, 0, second, second + 400, third, second + 800, 256, 16, 4, 1e-5, 1, 0, 50)],
  ];

  it.each(calls)('give the same bytes at one, two and five threads: %s', (_, call) => {
    const results = [1, 2, 5].map((threads) => {
      addon.setThreads(threads);
      const { bytes } = numbers(2 ** 20);
      call(bytes);
      return Buffer.from(bytes);
    });
    expect(results[1]?.equals(results[0] as Buffer)).toBe(true);
    expect(results[2]?.equals(results[0] as Buffer)).toBe(true);
    expect(results[0]?.equals(numbers(2 ** 20).bytes)).toBe(false);
  });

  it('by tiles give the same with AVX-512 disabled, if the processor has it', () => {
    const script = `
      const addon = require(process.argv[1]);
      const wave = Float32Array.from({ length: 2 ** 20 }, (_, i) => ((i * 40503) % 65521) / 16384 - 2);
      for (const numbers of JSON.parse(process.argv[2])) {
        const floats = wave.slice();
        addon.convolution(new Uint8Array(floats.buffer), ...numbers);
        process.stdout.write(Buffer.from(floats.buffer));
      }`;
    const passes = kernelLayouts.ConvolutionPass.map((pass) => convolutionOf({ pass, filter: second, y: third, images: 9, from: [16, 16], to: [16, 32], taps: 3, pad: 1 }));
    const under = (isa: string) => {
      const bytes = execFileSync(process.execPath, ['-e', script, addonFile, JSON.stringify(passes)], { env: { ...process.env, ONEDNN_MAX_CPU_ISA: isa }, maxBuffer: 2 ** 26 });
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    };
    const [best, narrow] = [under('ALL'), under('AVX2')];
    expect(best).toHaveLength(3 * 2 ** 20);
    const size = best.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
    expect(best.reduce((worst, x, i) => Math.max(worst, Math.abs(x - (narrow[i] ?? NaN))), 0) / size).toBeLessThan(1e-6);
  });

  it('are right for more shapes than the cache remembers', () => {
    const { bytes, floats } = numbers(4096);
    floats.fill(1);
    for (let images = 1; images <= 600; images++) addon.convolution(bytes, ...convolutionOf({ filter: 8192, y: 12_288, images, from: [1, 1], to: [1, 1], taps: 1, pad: 0 }));
    expect([...floats.subarray(3072, 3672)].every((y) => y === 1)).toBe(true);
    addon.convolution(bytes, ...convolutionOf({ filter: 8192, y: 12_288, images: 1, from: [3, 1], to: [1, 1], taps: 3, pad: 0 }));
    expect(floats[3072]).toBe(9);
  });
});
