import { networks, unetSchema } from './design.js';
import { planSweep } from './plan.js';
import { discretisationSchema, samplerSchema } from './sampling-grammar.js';
import { least } from './spec.fixture.js';
import { parseSpec } from './parse-spec.js';
import { forwardFlops, nfe } from './work.js';

/** A sampler by its kind, with its defaults. */
const sampler = (kind: string) => samplerSchema.parse({ kind });

const workOf = (written: object) => Object.fromEntries(planSweep(parseSpec({ ...least, ...written })).stages.map(({ kind, work }) => [kind, work]));

describe('work', () => {
  it('of the smallest network agrees with a count by hand', () => {
    // 2 x multiply-adds at 16x16 = 256 pixels, 4 channels, embedding 8 -> 16 -> 16
    const ends = 2 * (9 * 1 * 4 * 256) * 2;
    const plain = 2 * (2 * 9 * 4 * 4 * 256 + 16 * 4);
    const joined = 2 * (9 * 8 * 4 * 256 + 9 * 4 * 4 * 256 + 8 * 4 * 256 + 16 * 4);
    expect(forwardFlops(unetSchema.parse({ channels: [4], blocks: 1 }), 16)).toBe(ends + 2 * plain + joined + 2 * (8 * 16 + 16 * 16));
  });

  it('is a quarter at half the resolution, except for the embedding', () => {
    expect(forwardFlops(networks.base, 32) / forwardFlops(networks.base, 16)).toBeCloseTo(4, 1);
  });

  it('of training is three forward passes per image', () => {
    const { train } = workOf({ train: { network: 'base', images: 64, batch: 64 } });
    expect(train).toBe(3 * 64 * forwardFlops(networks.base, 32));
  });

  it('of training with noise that is assigned also holds every image of a batch against every noise', () => {
    const [plain, assigned] = ['independent', 'immiscible'].map((value) => workOf({ parameters: { noisePairing: { value } }, train: { network: 'base', images: 640, batch: 64 } })['train']!);
    expect(plain).toBe(3 * 640 * forwardFlops(networks.base, 32));
    expect(assigned! - plain!).toBe(640 * 64 * 32 * 32 * 40);
  });

  it.each([[2, 2], [1, 1], [0, 2]])('of sampling guided at scale %d is %d times as much', (scale, factor) => {
    const parameters = { sampler: { value: { kind: 'heun' } }, steps: { value: 10 }, classCondition: { value: { kind: 'label' } }, guidance: { value: { kind: 'classifier-free', scale } } };
    expect(workOf({ parameters, evaluate: { samples: 100 } })['sample']).toBe(factor * 19 * 100 * forwardFlops(networks.small, 32));
  });

  it('of sampling guided by a second network counts both networks, and each training', () => {
    const parameters = { steps: { value: 10 }, guidance: { value: { kind: 'autoguidance', scale: 2, network: 'tiny', images: 640 } } };
    const { stages } = planSweep(parseSpec({ ...least, parameters, evaluate: { samples: 100 }, train: { network: 'base', images: 6400 } }));
    const [tiny, base] = [forwardFlops(networks.tiny, 32), forwardFlops(networks.base, 32)];
    expect(stages.filter(({ kind }) => kind === 'train').map(({ work }) => work)).toEqual([3 * 6400 * base, 3 * 640 * tiny]);
    expect(stages.find(({ kind }) => kind === 'sample')!.work).toBe(10 * 100 * (tiny + base));
  });

  it('of sampling is NFE times n forward passes', () => {
    const { sample } = workOf({ parameters: { sampler: { value: { kind: 'heun' } }, steps: { value: 10 } }, evaluate: { samples: 100 } });
    expect(sample).toBe(19 * 100 * forwardFlops(networks.small, 32));
  });

  it('counts attention when there is any', () => {
    expect(forwardFlops({ ...networks.tiny, attention: true }, 32)).toBeGreaterThan(forwardFlops(networks.tiny, 32));
  });
});

const discretisation = discretisationSchema.parse({ kind: 'karras' });

describe('nfe', () => {
  // EDM, sec. 3: N = 18 -> 35, 40 -> 79, 256 -> 511
  it.each([[18, 35], [40, 79], [256, 511]])('of heun in %i steps is %i', (steps, calls) => expect(nfe({ sampler: sampler('heun'), steps, discretisation })).toBe(calls));

  it('of the one-stage samplers is the number of steps', () => {
    expect((['ddpm', 'ddim', 'euler', 'unipc'] as const).map((kind) => nfe({ sampler: sampler(kind), steps: 7, discretisation }))).toEqual([7, 7, 7, 7]);
  });
});
