import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { clamped } from './clamped.fixture.js';
import { noiseSource } from './noise.js';
import { gaussianDenoiser, pointwise } from './oracles.js';
import { samplerOf } from './samplers.js';
import type { SamplerShape } from './samplers.js';
import { edmLevels, named } from './samplers.fixture.js';
import { initialState } from './sampling-run.js';
import type { AnyDenoiser, SamplingRun } from './sampling-run.js';

const denoiser = pointwise(gaussianDenoiser({ mean: 0.3, std: 0.5 }));
const shape = [2, 2, 1] as const;

/** One of each kind: one evaluation per step, two, with memory, with two noises. */
const ways: SamplerShape[] = [
  { kind: 'ddpm', variance: 'large' },
  { kind: 'heun', sChurn: 3 },
  { kind: 'lms', order: 4 },
  { kind: 'dpmpp-sde', eta: 1, r: 0.5 },
  { kind: 'dpmpp-3m-sde', eta: 1 },
];

/** The images of a sampling run from its own initial state; its tensors are disposed. */
async function images(sampler: SamplerShape, { denoise = denoiser, ...extra }: Partial<SamplingRun> & { denoise?: AnyDenoiser } = {}): Promise<number[]> {
  const options: SamplingRun = { sigmas: edmLevels(10), noise: noiseSource([1, 2], shape), ...extra };
  const y = initialState(options);
  const start = Array.from(y.dataSync());
  try {
    const x0 = await samplerOf(sampler, { b: 0.5 })(denoise, y, options);
    const values = Array.from(x0.dataSync());
    x0.dispose();
    return values;
  } finally {
    expect(Array.from(y.dataSync())).toEqual(start);
    y.dispose();
  }
}

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each(ways.map((way) => [named(way), way] as const))('a sampling run of %s', (_, way) => {
  it('stops at an abort signal with its reason', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled by its owner');
    let seen = 0;
    const stopping = images(way, { signal: abort.signal, onStep: ({ index }) => {
      seen = index;
      if (index === 3) abort.abort(reason);
    } });
    await expect(stopping).rejects.toBe(reason);
    expect(seen).toBe(3);
  });

  it('passes x0-hat to its observer after every step and waits for it', async () => {
    const sigmas = edmLevels(4);
    const steps: number[] = [];
    let looking = false;
    await images(way, { sigmas, onStep: async ({ index, steps: of, sigma, next, x0 }) => {
      expect(looking).toBe(false);
      looking = true;
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect([of, sigma, next, x0.shape]).toEqual([4, sigmas[index], sigmas[index + 1], [2, ...shape]]);
      expect(x0.isDisposed).toBe(false);
      steps.push(index);
      looking = false;
    } });
    expect(steps).toEqual([0, 1, 2, 3]);
  });

  it('passes on an error of its observer, and leaves no tensor behind', async () => {
    await expect(images(way, { onStep: () => { throw new Error('disk full'); } })).rejects.toThrow('disk full');
  });

  it('passes on an error of the denoiser, with nothing left behind', async () => {
    let calls = 0;
    const denoise = (y: Tensor4D, sigma: number) => {
      if (++calls === 6) throw new Error('out of memory');
      return denoiser(y, sigma);
    };
    await expect(images(way, { denoise })).rejects.toThrow('out of memory');
  });

  it('holds no more tensors than its memory needs', async () => {
    const held: number[] = [];
    await images(way, { onStep: () => { held.push(tf.memory().numTensors); } });
    expect(Math.max(...held) - held[0]!).toBeLessThanOrEqual(way.kind === 'lms' ? 6 : way.kind === 'dpmpp-3m-sde' ? 4 : 0);
  });

  it('clamps x0-hat to a range as a clamped denoiser does', async () => {
    const clamp = { min: 0.25, max: 0.35 };
    const within: boolean[] = [];
    const ours = await images(way, { clamp, onStep: ({ x0 }) => { within.push(Array.from(x0.dataSync()).every((value) => value > 0.2499 && value < 0.3501)); } });
    expect(ours).toEqual(await images(way, { denoise: clamped(denoiser, clamp.min, clamp.max) }));
    expect(ours).not.toEqual(await images(way));
    expect(within).toEqual(Array(10).fill(true));
  });
});

describe('the network\'s own noise', () => {
  const ddim: SamplerShape = { kind: 'ddim', eta: 0, noiseFrom: 'network' };

  it('is taken before the clamp', async () => {
    const clamp = { min: 0.1, max: 0.5 };
    const sigmas = [2, 1, 0];
    const x0s: number[][] = [];
    let first: number[] = [];
    const denoise: AnyDenoiser = (y, sigma) => {
      if (sigma === 1) first = Array.from(y.dataSync());
      return denoiser(y, sigma);
    };
    const start = Array.from(tf.tidy(() => initialState({ sigmas, noise: noiseSource([1, 2], shape) }).dataSync()));
    await images(ddim, { sigmas, clamp, denoise, onStep: ({ x0 }) => { x0s.push(Array.from(x0.dataSync())); } });
    const raw = gaussianDenoiser({ mean: 0.3, std: 0.5 });
    start.forEach((y, i) => expect(first[i]).toBeCloseTo(x0s[0]![i]! + 1 * ((y - raw(y, 2)) / 2), 5));
  });

  it('is what the network declares, if it declares it', async () => {
    const sigmas = [2, 1];
    const denoise: AnyDenoiser = (y) => ({ x0: tf.fill(y.shape, 0.25), eps: tf.fill(y.shape, 3) });
    for (const value of await images(ddim, { sigmas, denoise })) expect(value).toBeCloseTo(0.25 + 1 * 3, 6);
    const ignored = await images({ kind: 'ddim', eta: 0 }, { sigmas, denoise });
    expect(ignored.some((value) => Math.abs(value - 3.25) > 0.1)).toBe(true);
  });
});

it('refuses levels that its sampler is not defined for before it evaluates anything', async () => {
  let calls = 0;
  const denoise: AnyDenoiser = (y, sigma) => {
    calls++;
    return denoiser(y, sigma);
  };
  await expect(images({ kind: 'second-order', alpha: 2 }, { denoise })).rejects.toThrow(RangeError);
  expect(calls).toBe(0);
});

/** Images are cached by what made them: the float32 values of these runs may not change without a new code version of the sample stage. */
describe('the bytes of a sampling run', () => {
  it.each([
    [{ kind: 'ddpm', variance: 'small' }, [1060062798, 1041847958, 1048351103, 1050674953]],
    [{ kind: 'ddpm', variance: 'large' }, [1067106878, 1061312337, 1065810449, 3200597967]],
    [{ kind: 'ddim', eta: 0 }, [1059006064, 1042062827, 1050269142, 1062398400]],
    [{ kind: 'ddim', eta: 0.5 }, [1063401852, 3183863404, 1036170289, 1061475697]],
    [{ kind: 'ddim', eta: 1 }, [1060062798, 1041847958, 1048351103, 1050674953]],
    [{ kind: 'euler' }, [1059006064, 1042062827, 1050269142, 1062398400]],
    [{ kind: 'heun' }, [1063938087, 1016596901, 1050283235, 1067891881]],
  ] as [SamplerShape, number[]][])('%p', async (sampler, bits) => {
    const y = tf.tensor4d([7.3, -2.9, 0.31, 11.7], [1, ...shape]);
    const x0 = await samplerOf(sampler, { b: 0.6 })(denoiser, y, { sigmas: [7, 3, 1.1, 0.2, 0], noise: noiseSource([5], shape) });
    expect(Array.from(new Uint32Array(Float32Array.from(x0.dataSync()).buffer))).toEqual(bits);
    tf.dispose([y, x0]);
  });
});
