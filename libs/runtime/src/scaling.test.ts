import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@elucidate/engine/start';
import { loadScaling, saveScaling } from './scaling-file.js';
import { divisionsOf, measureScaling } from './scaling.js';

const workload = { network: 'tiny', batch: 2, resolution: 16 } as const;

test.each([
  [1, ['1x1']],
  [2, ['1x2', '2x1']],
  [6, ['1x6', '1x4', '3x2', '6x1']],
  [16, ['1x16', '2x8', '4x4', '8x2', '16x1']],
])('%d cores are divided into %j', (cores, divisions) => {
  expect(divisionsOf(cores).map(({ slots, threads }) => `${slots}x${threads}`)).toEqual(divisions);
});

test('measures each division that the engine has threads for, and reuses the measurement on this machine only', async () => {
  const home = await mkdtemp(join(tmpdir(), 'elucidate-scaling-'));
  try {
    const lines: string[] = [];
    const scaling = await measureScaling({ backend: 'wasm', cores: 2, workload, log: (line) => lines.push(line) });
    expect(scaling.rows).toEqual([{ slots: 2, threads: 1, imagesPerSecond: expect.any(Number) }]);
    expect(scaling.rows[0]!.imagesPerSecond).toBeGreaterThan(0);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^2 stages x 1 thread: .+ images\/s trained$/);
    const engine = await startEngine({ backend: 'wasm' });
    const here = { ...scaling, cores: availableParallelism() };
    await saveScaling(home, here);
    expect(await loadScaling(home, engine)).toEqual(here);
    expect(await loadScaling(home, { ...engine, version: 'another' })).toBeUndefined();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test('an engine with threads is measured in every division', async () => {
  const { rows } = await measureScaling({ backend: 'simd', cores: 2, workload });
  expect(rows.map(({ slots, threads }) => `${slots}x${threads}`)).toEqual(['2x1', '1x2']);
  for (const { imagesPerSecond } of rows) expect(imagesPerSecond).toBeGreaterThan(0);
});

test('an engine that is not installed is reported by its own error, and no process is left', async () => {
  await expect(measureScaling({ backend: 'tensorflow', cores: 2, workload })).rejects.toMatchObject({ code: 'engine.absent' });
});
