import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { testedBackends } from './backends.fixture.js';
import { benchLoss, benchNet, benchStep } from './bench-net.js';
import { expectConforms } from './check.fixture.js';
import { affineCases, attentionCases, normCases, perImageCases, pieceCases, siluCases, skipCases, sumCases, upsamplingCases } from './own-kernels.fixture.js';
import { startEngine } from './start.js';
import { adapterName, isSoftware } from './webgpu-adapter.js';
import type { GpuDevice } from './webgpu-api.js';

const requested = testedBackends().includes('webgpu');

/** What tests use of a device beyond what the backend uses. */
interface TestDevice extends GpuDevice {
  createBuffer(descriptor: { size: number; usage: number }): unknown;
  createTexture(descriptor: { size: number[]; format: string; usage: number }): unknown;
}

function installed(name: string): boolean {
  try {
    return createRequire(import.meta.url).resolve(`${name}/package.json`) !== '';
  } catch {
    return false;
  }
}

const device = () => (tf.backend() as unknown as { device: TestDevice }).device;
const gpuBytes = () => tf.memory() as unknown as { numBytesInGPU: number; numBytesAllocatedInGPU: number };
const sumOfOnes = () => tf.tidy(() => tf.sum(tf.matMul(tf.ones([40, 40]), tf.ones([40, 40]))));

/** WebGPU's numbers for usages that must not be combined, and for a texture that is read. */
const mapReadAndStorage = 0x1 | 0x80;
const textureBinding = 0x4;

if (!requested) console.warn('webgpu: not tested here, because it is not among the tested backends; see npm run conformance:webgpu');
(requested ? describe : describe.skip)('webgpu', () => {
  beforeEach(async () => {
    await startEngine({ backend: 'webgpu' });
  });

  it('names its adapter; auto never takes a software adapter', async () => {
    const { line } = await startEngine({ backend: 'webgpu' });
    expect(line).toMatch(/^webgpu 4\.22\.0\+dawn\.0\.6\.2\+programs\.\d+, 1 thread, .+: requested$/);
    const { line: auto } = await startEngine();
    expect(line.includes('computes in software') && auto.startsWith('webgpu')).toBe(false);
  });

  it.each([...normCases, ...upsamplingCases, ...perImageCases, ...pieceCases, ...attentionCases, ...sumCases, ...skipCases, ...affineCases, ...siluCases])('$title agrees with float64 loops, forward and gradient', expectConforms);

  it('turns noise levels into waves to the last digits, however large they are', async () => {
    const [c, frequencies] = [[0, 1e-3, -0.4, 0.7853982, 1, -1.6, 3.1, 80, -80].map(Math.fround), [1, 1.7, 31.5, 256].map(Math.fround)];
    const waves = tf.tidy(() => tf.engine().runKernel<tf.Tensor>('Sinusoids', { c: tf.tensor1d(c), frequencies: tf.tensor1d(frequencies) }));
    const want = c.flatMap((level) => [Math.cos, Math.sin].flatMap((wave) => frequencies.map((frequency) => wave(Math.fround(level * frequency)))));
    const got = await waves.data();
    expect(Math.max(...want.map((value, i) => Math.abs(value - got[i]!)))).toBeLessThan(2.5e-7);
    waves.dispose();
  });

  it('gives the same bytes twice for a filter gradient whose pixels are summed in parts', async () => {
    const x = tf.randomNormal<tf.Rank.R4>([3, 30, 31, 8], 0, 1, 'float32', 1);
    const dy = tf.randomNormal<tf.Rank.R4>([3, 30, 31, 12], 0, 1, 'float32', 2);
    const gradient = () => tf.engine().runKernel<tf.Tensor>('Conv2DBackpropFilter', { x, dy }, { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 8, 12] });
    const [once, again] = [gradient(), gradient()];
    expect(await again.data()).toEqual(await once.data());
    tf.dispose([x, dy, once, again]);
  });

  it('convolves images that need more workgroups than one dimension allows', async () => {
    const side = 2900;
    const furthest = tf.tidy(() => {
      const x = tf.reshape(tf.range(0, side * side), [1, side, side, 1]) as tf.Tensor4D;
      const doubled = tf.conv2d(x, tf.fill([1, 1, 1, 1], 2), 1, 'same');
      return tf.max(tf.abs(tf.sub(doubled, tf.mul(x, 2))));
    });
    expect([...await furthest.data()]).toEqual([0]);
    furthest.dispose();
  });

  it('convolves with explicit padding, dilated filters and channels first', async () => {
    const far = tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R4>([2, 9, 8, 4], 0, 1, 'float32', 1);
      const filter = tf.randomNormal<tf.Rank.R4>([3, 3, 4, 5], 0, 1, 'float32', 2);
      const inside = tf.conv2d(tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]]), filter, 1, 'valid');
      const rows = tf.pad(tf.reshape(filter, [3, 1, 3, 20]), [[0, 0], [0, 1], [0, 0], [0, 0]]);
      const spread = tf.reshape(tf.pad(tf.reshape(rows, [6, 3, 1, 20]), [[0, 0], [0, 0], [0, 1], [0, 0]]), [6, 6, 4, 5]) as tf.Tensor4D;
      const pairs: [tf.Tensor4D, tf.Tensor4D][] = [
        [tf.conv2d(x, filter, 1, 2), inside],
        [tf.conv2d(x, filter, 1, 'valid', 'NHWC', 2), tf.conv2d(x, tf.slice4d(spread, [0, 0, 0, 0], [5, 5, 4, 5]), 1, 'valid')],
        [tf.transpose(tf.conv2d(tf.transpose(x, [0, 3, 1, 2]), filter, 1, 'valid', 'NCHW'), [0, 2, 3, 1]), tf.conv2d(x, filter, 1, 'valid')],
      ];
      return tf.stack(pairs.map(([a, b]) => tf.max(tf.abs(tf.sub(a, b)))));
    });
    // sums of 36 products of order 1
    expect(Math.max(...await far.data())).toBeLessThan(1e-5);
    far.dispose();
  });

  it('leaves no navigator that was not there before', () => {
    expect((globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu).toBeUndefined();
  });

  it('reads data synchronously if it never left the host, and otherwise says that it cannot', () => {
    const [here, there] = [tf.tensor1d([1, 2]), sumOfOnes()];
    expect([...here.dataSync()]).toEqual([1, 2]);
    expect(() => there.dataSync()).toThrow(expect.objectContaining({ code: 'stage.failed', message: expect.stringContaining('--backend simd') }));
    tf.dispose([here, there]);
  });

  it('keeps the same bytes on the GPU step after step if only the loss is read', async () => {
    const net = benchNet(1);
    const x: tf.Tensor4D = tf.randomNormal([4, 8, 8, 1], 0, 1, 'float32', 1);
    const optimizer = tf.train.adam(1e-3);
    const held = [];
    for (let i = 0; i < 6; i++) {
      benchStep(net, optimizer, [x, x]);
      const loss = benchLoss(net, x, x);
      await loss.data();
      loss.dispose();
      held.push([gpuBytes().numBytesInGPU, gpuBytes().numBytesAllocatedInGPU]);
    }
    expect(new Set(held.slice(2).map(String)).size).toBe(1);
    optimizer.dispose();
    tf.dispose([x, net.params]);
  });

  it('once its device is lost rejects every read with engine.lost, and starts again on another', async () => {
    const { failure } = await startEngine({ backend: 'webgpu' });
    const under = sumOfOnes().data();
    device().destroy();
    await expect(under).rejects.toMatchObject({ code: 'engine.lost', retryable: true, message: expect.stringContaining('destroyed') });
    await expect(sumOfOnes().data()).rejects.toMatchObject({ code: 'engine.lost' });
    expect(failure?.()).toMatchObject({ code: 'engine.lost' });

    const { failure: none } = await startEngine({ backend: 'webgpu' });
    expect([...await sumOfOnes().data()]).toEqual([64_000]);
    expect(none?.()).toBeUndefined();
  });

  it('rejects every read once the GPU has run out of memory, with an error that is not retryable', async () => {
    // as large as textures get: 256 GiB
    device().createTexture({ size: [8192, 8192, 256], format: 'rgba32float', usage: textureBinding });
    await expect(sumOfOnes().data()).rejects.toMatchObject({ code: 'engine.out_of_device_memory', retryable: false, message: expect.stringContaining('smaller batch') });
    device().destroy();
  });

  it('rejects every read once a command was refused, since its output would be undefined', async () => {
    device().createBuffer({ size: 16, usage: mapReadAndStorage });
    await expect(sumOfOnes().data()).rejects.toMatchObject({ code: 'stage.failed', retryable: false, message: expect.stringContaining('--backend simd') });
    device().destroy();
  });
});

if (installed('webgpu')) console.warn('webgpu where its packages are not installed: not tested here, because they are');
(installed('webgpu') ? describe.skip : describe)('webgpu where its packages are not installed', () => {
  it('is refused with the command that installs them', async () => {
    await expect(startEngine({ backend: 'webgpu' })).rejects.toMatchObject({ code: 'engine.absent', message: expect.stringMatching(/webgpu is not installed.*npm install --no-save webgpu@0\.6\.2/) });
  });
});

describe('an adapter', () => {
  it.each([
    [{ vendor: 'nvidia', architecture: 'hopper', device: 'nvidia-h100', description: 'NVIDIA: 550.54' }, 'nvidia-h100 (NVIDIA: 550.54), hopper'],
    [{ vendor: 'mesa', architecture: 'software', device: 'llvmpipe-', description: 'Mesa 25.0.7' }, 'llvmpipe (Mesa 25.0.7), computes in software'],
    [{ vendor: 'google', architecture: 'swiftshader', device: '', description: '' }, 'google, computes in software'],
    [{ vendor: '', architecture: '', device: '', description: '' }, 'unnamed adapter'],
  ])('%j is described as %s', (info, name) => {
    expect(adapterName(info)).toBe(name);
    expect(isSoftware(info)).toBe(name.endsWith('software'));
  });
});
