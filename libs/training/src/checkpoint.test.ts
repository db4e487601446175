import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadCheckpoint, saveCheckpoint, type TrainState } from './checkpoint.js';

const weights = (value: number) => ({ 'enter.kernel': { shape: [1, 2], data: Float32Array.of(value, -value) } });
const state = (steps: number): TrainState => ({
  weights: weights(steps), ema: weights(steps + 0.5), adam: { steps, first: weights(1e-20), second: weights(3) }, losses: Array.from({ length: steps }, (_, i) => 1 / (i + 1)),
});
let dir: string;
let lines: string[];
const load = (id = 'mine') => loadCheckpoint(dir, id, (line) => lines.push(line));

beforeEach(async () => { dir = await mkdtemp(path.join(tmpdir(), 'elucidate-checkpoint-')); lines = []; });
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('checkpoints', () => {
  it('return the state that was saved, the latest first', async () => {
    await saveCheckpoint(dir, 'mine', state(9));
    await saveCheckpoint(dir, 'mine', state(10));
    expect(await load()).toEqual(state(10));
    expect(lines).toEqual([]);
  });

  it('are none if there is no folder yet', async () => {
    expect(await loadCheckpoint(path.join(dir, 'absent'), 'mine', () => {})).toBeUndefined();
  });

  it('are kept two at a time', async () => {
    for (const steps of [1, 2, 3]) await saveCheckpoint(dir, 'mine', state(steps));
    expect((await readdir(dir)).sort()).toEqual(['checkpoint-2.safetensors', 'checkpoint-3.safetensors']);
  });

  const latest = () => path.join(dir, 'checkpoint-2.safetensors');
  it.each<[string, () => Promise<void>]>([
    ['half written', async () => writeFile(latest(), (await readFile(latest())).subarray(0, 300))],
    ['empty', () => writeFile(latest(), '')],
    ['changed in one bit', async () => { const bytes = await readFile(latest()); bytes[bytes.length - 3]! ^= 1; await writeFile(latest(), bytes); }],
    ['replaced by a folder', async () => { await rm(latest()); await mkdir(latest()); }],
    ['wrong about their step', async () => { const bytes = await readFile(latest()); await writeFile(latest(), bytes.toString('latin1').replace('"steps":"2"', '"steps":"7"'), 'latin1'); }],
    ['another training\'s', async () => { await rm(latest()); await saveCheckpoint(dir, 'other', state(2)); }],
  ])('that are %s are skipped with a line in the log, and the previous one is used', async (_, spoil) => {
    await saveCheckpoint(dir, 'mine', state(1));
    await saveCheckpoint(dir, 'mine', state(2));
    await spoil();
    expect(await load()).toEqual(state(1));
    expect(lines).toEqual([expect.stringContaining('checkpoint-2.safetensors')]);
  });

  it('ignore the temporary file of a writer that was killed', async () => {
    await saveCheckpoint(dir, 'mine', state(1));
    await writeFile(path.join(dir, 'checkpoint-2.safetensors.0000.tmp'), 'half');
    expect(await load()).toEqual(state(1));
    expect(lines).toEqual([]);
  });
});
