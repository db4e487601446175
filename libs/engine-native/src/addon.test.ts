import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addonFile, loadAddon, nativeErrorCodes } from './addon.js';
import type { Addon } from './addon.js';

const loaded = loadAddon();
const built = 'addon' in loaded;
const whereBuilt = built ? describe : describe.skip;

describe('loadAddon', () => {
  it('says of a file that is not there that it is not built, and how to build it', () => {
    expect(loadAddon('/nowhere/engine_native.node')).toEqual({ reason: 'it is not built', remedy: expect.stringMatching(/npm run build:native.*apt install/) });
  });

  it('says of a file that does not load what the loader said', () => {
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

  /** Numbers of order 1, other ones at each place. */
  const wave = new Float32Array(2 ** 20);
  for (let i = 0; i < wave.length; i++) wave[i] = ((i * 40_503) % 65_521) / 16_384 - 2;

  /** A memory with such numbers in it. */
  function numbers(count: number): { bytes: Uint8Array; floats: Float32Array } {
    const floats = wave.slice(0, count);
    return { bytes: new Uint8Array(floats.buffer), floats };
  }

  const refused = (message: RegExp) => expect.objectContaining({ code: nativeErrorCodes.failure, message: expect.stringMatching(message) });

  it('refuse what lies outside the memory', () => {
    const { bytes } = numbers(64);
    expect(() => addon.unary(bytes, 1, 0, 128, 33)).toThrow(refused(/^unary: 132 bytes at 128 lie outside a memory of 256$/));
    expect(() => addon.unary(bytes, 1, -4, 0, 1)).toThrow(refused(/outside/));
  });

  it('refuse an unknown operation, a missing argument and another memory than bytes', () => {
    const { bytes } = numbers(64);
    expect(() => addon.unary(bytes, 99, 0, 0, 1)).toThrow(refused(/operation 99/));
    expect(() => addon.unary(bytes, 1, 0)).toThrow(refused(/argument 3 is missing/));
    expect(() => addon.unary(new Float32Array(4) as unknown as Uint8Array, 1, 0, 0, 1)).toThrow(refused(/Uint8Array/));
    expect(() => addon.setThreads(0)).toThrow(refused(/threads/));
  });

  it('name oneDNN and its status when it refuses a shape', () => {
    const { bytes } = numbers(4096);
    // A dilation of 0 is none that oneDNN knows.
    expect(() => addon.convolution(bytes, 0, 4096, 8192, 0, 1, 8, 8, 4, 6, 6, 4, 3, 3, 1, 1, 0, 0, 0, 0)).toThrow(refused(/^convolution: oneDNN: .+ \(status \d+\)$/));
  });

  it('read a memory of 4 GiB to its end', () => {
    const memory = new SharedArrayBuffer(2 ** 32);
    const last = 2 ** 32 - 16;
    new Float32Array(memory, last, 2).set([3, -4]);
    addon.unary(new Uint8Array(memory), 1, last, last + 8, 2);
    expect([...new Float32Array(memory, last + 8, 2)]).toEqual([9, 16]);
  });

  /** Where each kernel's output lies in 2^20 numbers, and its arguments; x from 0, the rest behind it. */
  const [second, third] = [2 ** 20, 2 ** 21];
  const conv = (pass: number, outChannels = 24) => (bytes: Uint8Array) => addon.convolution(bytes, 0, second, third, pass, 9, 16, 16, 16, 16, 16, outChannels, 3, 3, 1, 1, 1, 1, 1, 1);
  const calls: [string, (bytes: Uint8Array) => void][] = [
    ['convolution', conv(0)],
    ['input gradient', conv(1)],
    ['filter gradient', conv(2)],
    ['convolution by tiles', conv(0, 32)],
    ['input gradient by tiles', conv(1, 32)],
    ['filter gradient by tiles', conv(2, 32)],
    ['filter gradient by rows of tiles', (bytes) => addon.convolution(bytes, 0, second, third, 2, 9, 8, 8, 64, 8, 8, 64, 3, 3, 1, 1, 1, 1, 1, 1)],
    ['product', (bytes) => addon.multiply(bytes, 0, second, third, 700, 64, 64, 0, 0, 64, 1, 64, 1, 0, 0, 175)],
    ['sum of rows', (bytes) => addon.sumRows(bytes, 0, third, 2, 100_000, 1)],
    ['sum of columns', (bytes) => addon.sumColumns(bytes, 0, third, 1, 20_000, 12, 1)],
    ['exponential', (bytes) => addon.unary(bytes, 6, 0, third, 200_001)],
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

  it('by tiles agree without AVX-512, where the processor has it', () => {
    const script = `
      const addon = require(process.argv[1]);
      const wave = Float32Array.from({ length: 2 ** 20 }, (_, i) => ((i * 40503) % 65521) / 16384 - 2);
      for (const pass of [0, 1, 2]) {
        const floats = wave.slice();
        addon.convolution(new Uint8Array(floats.buffer), 0, 2 ** 20, 2 ** 21, pass, 9, 16, 16, 16, 16, 16, 32, 3, 3, 1, 1, 1, 1, 1, 1);
        process.stdout.write(Buffer.from(floats.buffer));
      }`;
    const under = (isa: string) => {
      const bytes = execFileSync(process.execPath, ['-e', script, addonFile], { env: { ...process.env, ONEDNN_MAX_CPU_ISA: isa }, maxBuffer: 2 ** 26 });
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    };
    const [best, narrow] = [under('ALL'), under('AVX2')];
    expect(best).toHaveLength(3 * 2 ** 20);
    const size = best.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
    expect(best.reduce((worst, x, i) => Math.max(worst, Math.abs(x - (narrow[i] ?? NaN))), 0) / size).toBeLessThan(1e-6);
  });

  it('outlast more shapes than are remembered', () => {
    const { bytes, floats } = numbers(4096);
    floats.fill(1);
    for (let images = 1; images <= 600; images++) addon.convolution(bytes, 0, 8192, 12_288, 0, images, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
    expect([...floats.subarray(3072, 3672)].every((y) => y === 1)).toBe(true);
    addon.convolution(bytes, 0, 8192, 12_288, 0, 1, 3, 3, 1, 1, 1, 1, 3, 3, 1, 1, 1, 1, 0, 0);
    expect(floats[3072]).toBe(9);
  });
});
