import { ceilingOf, median, rowOf, stepFlops, tableOf, type Contestant } from './report.js';

const counted = { workload: { network: 'tiny', batch: 4, resolution: 16 }, forwardFlops: 5e9 } as const;

interface Measured {
  wall: number;
  cpu?: number;
  sampled?: number;
  productRate?: number;
  rssMb?: number;
}

/** One contestant, one process a round. */
function contestant(backend: string, threads: number, rounds: Measured[]): Contestant {
  const runs = rounds.map(({ wall, cpu = wall, sampled = 1, productRate, rssMb = 100 }) => ({
    engine: { backend, version: '1', threads, device: 'x' }, parameters: 1, rssMb,
    training: [{ wall, cpu }], denoising: [{ wall: sampled, cpu: sampled }], ...(productRate !== undefined && { productRate }),
  }));
  return { key: `${backend}x${threads}`, threads, place: 'cpu', runs };
}

const onGpu = (one: Contestant): Contestant => ({ ...one, place: 'gpu' });

test.each([[[3, 1, 2], 2], [[4, 1, 2, 3], 2.5], [[7], 7]])('the median of %j is %d', (numbers, middle) => expect(median(numbers)).toBe(middle));

test('a step is three forward passes of every image', () => expect(stepFlops(counted)).toBe(60e9));

test('a row: 60 GFLOP in 2 s of wall time and 3 s of processor time, against a ceiling of 120 GFLOP/s', () => {
  const own = contestant('simd', 2, [{ wall: 2, cpu: 3, sampled: 0.5, productRate: 40, rssMb: 300 }, { wall: 9, cpu: 9, rssMb: 200 }, { wall: 1, cpu: 1, sampled: 0.25 }]);
  const torch = contestant('torch', 2, [{ wall: 1, productRate: 120 }, { wall: 9 }, { wall: 2 }]);
  expect(rowOf(own, [own, torch], counted)).toMatchObject({
    secondsPerStep: 2, imagesTrained: 2, imagesSampled: 8, rate: 30, peakFraction: 0.25, perCpuSecond: 20, rssMb: 300, trainVsTorch: 1, sampleVsTorch: 2,
  });
});

test('engines are compared in pairs: a round in which the machine was busy slows both and does not change the ratio', () => {
  const own = contestant('simd', 1, [{ wall: 2 }, { wall: 20 }, { wall: 2 }]);
  const torch = contestant('torch', 1, [{ wall: 1 }, { wall: 10 }, { wall: 1 }]);
  expect(rowOf(own, [own, torch], counted).trainVsTorch).toBe(0.5);
});

test('without torch at the same number of threads nothing is compared', () => {
  const own = contestant('simd', 2, [{ wall: 2 }]);
  expect(rowOf(own, [own, contestant('torch', 1, [{ wall: 2 }])], counted)).toMatchObject({ trainVsTorch: null, sampleVsTorch: null });
  expect(tableOf([rowOf(own, [own], counted)])).toContain('| - | - |');
});

test('an engine on a GPU is compared with torch in float32 on that GPU, whatever its number of threads', () => {
  const own = onGpu(contestant('webgpu', 1, [{ wall: 2 }]));
  const others = [contestant('torch', 1, [{ wall: 64 }]), onGpu(contestant('torch-tf32', 1, [{ wall: 0.5 }])), onGpu(contestant('torch', 8, [{ wall: 1 }]))];
  expect(rowOf(own, [own, ...others], counted).trainVsTorch).toBe(0.5);
});

test('a software adapter, which uses all cores, is not compared with torch', () => {
  const own: Contestant = { ...contestant('webgpu', 1, [{ wall: 2 }]), place: 'software adapter' };
  expect(rowOf(own, [own, contestant('torch', 1, [{ wall: 1 }])], counted).trainVsTorch).toBeNull();
});

test('the ceiling is the best float32 matrix product on the same device with as many threads, and its source is named', () => {
  const all = [contestant('simd', 1, [{ wall: 1, productRate: 30 }, { wall: 1, productRate: 35 }]), contestant('wasm', 1, [{ wall: 1, productRate: 20 }]), contestant('torch', 2, [{ wall: 1, productRate: 180 }]), onGpu(contestant('webgpu', 1, [{ wall: 1, productRate: 9000 }])), onGpu(contestant('torch-tf32', 1, [{ wall: 1, productRate: 90000 }]))];
  expect(ceilingOf(all, { threads: 1, place: 'cpu' })).toEqual({ rate: 35, source: 'simd 1' });
  expect(ceilingOf(all, { threads: 1, place: 'gpu' })).toEqual({ rate: 9000, source: 'webgpu 1' });
});

test('the table lists the fastest first and has the same number of columns in every line', () => {
  const [slow, fast] = [contestant('wasm', 1, [{ wall: 3, productRate: 1 }]), contestant('simd', 1, [{ wall: 1 }])];
  const lines = tableOf([slow, fast].map((one) => rowOf(one, [slow, fast], counted))).split('\n');
  expect(lines.map((line) => line.split('|').length)).toEqual([13, 13, 13, 13]);
  expect(lines[2]).toContain('simd');
});
