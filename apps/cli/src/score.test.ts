import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImport } from '@elucidate/experiment/imported';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { findPython } from '@elucidate/shell/python.fixture';
import { score } from './commands/score.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'elucidate-score-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What the command writes. */
async function scored(files: readonly string[], options: Parameters<typeof score>[1]): Promise<string> {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => (written.push(String(text)), true));
  try {
    await score(files, options);
  } finally {
    write.mockRestore();
  }
  return written.join('');
}

/** Rows that fall in no pattern. */
function features(name: string, n: number, step: number): string {
  const path = join(dir, name);
  const data = Float32Array.from({ length: n * 4 }, (_, i) => (i * step) % 1);
  writeFileSync(path, encodeSafetensors({ tensors: { features: { dtype: 'F32', shape: [n, 4], data } }, metadata: {} }));
  return path;
}

test('a row for each file, with n, evaluator and real-data baseline; as CSV it is a file that can be imported', async () => {
  const files = [features('a.safetensors', 64, 0.618034), features('b.safetensors', 64, 0.754878)];
  const options = { against: features('test.safetensors', 200, 0.414214), training: features('train.safetensors', 100, 0.302776), extractor: 'dinov2', metrics: ['fid', 'kid', 'fidinf'] };
  const { evaluator, files: found } = JSON.parse(await scored(files, { ...options, format: 'json' })) as { evaluator: string; files: { scores: { metric: string; value: number; stddev?: number; real: { value: number } }[] }[] };
  const table = await scored(files, { ...options, format: 'markdown' });
  expect(table).toContain(`against 200 images of ${join(dir, 'test.safetensors')}, 4 features each; evaluator ${evaluator.slice(0, 8)}.`);
  expect(table).toMatch(/\| +FID +\| +real FID +\| +KID +\| +real KID +\| +FIDinf +\| +real FIDinf +\|/);
  expect(table).toContain('95 % interval over other images of the same generator');
  const csv = await scored(files, { ...options, format: 'csv' });
  expect(csv.split('\n')[0]).toBe('features,extractor,evaluator,n,fid,fid_real,fid_real_n,kid,kid_stddev,kid_real,kid_real_n,fidinf,fidinf_stddev,fidinf_real,fidinf_real_n');
  const imported = readImport(csv, { file: 'scores.csv', format: 'csv', metric: 'kid', source: 'here' });
  expect(imported).toMatchObject({ n: 64, evaluator });
  expect(imported.rows.map(({ value }) => value)).toEqual(found.map(({ scores }) => scores[1]!.value));
});

test('a baseline of fewer training images than were generated says of how many it is', async () => {
  const options = { against: features('test.safetensors', 200, 0.414214), training: features('few.safetensors', 40, 0.302776), extractor: 'dinov2', metrics: ['fid'] };
  const files = [features('a.safetensors', 64, 0.618034)];
  expect(await scored(files, { ...options, format: 'markdown' })).toContain('Real: the same metric of 40 training images, all there are: fewer than were generated');
  const [header, row] = (await scored(files, { ...options, format: 'csv' })).split('\n').map((line) => line.split(','));
  expect([row![header!.indexOf('n')], row![header!.indexOf('fid_real_n')]]).toEqual(['64', '40']);
});

test('n is left open in a CSV of metrics of several n', async () => {
  const options = { against: features('test.safetensors', 200, 0.414214), extractor: 'dinov2', metrics: ['fid', 'fid@32'], format: 'csv' } as const;
  const csv = await scored([features('a.safetensors', 64, 0.618034)], options);
  expect(readImport(csv, { file: 'scores.csv', format: 'csv', metric: 'fid@32', source: 'here' }).n).toBeNull();
});

const python = findPython(['numpy']);
if (python === undefined) console.warn('features that NumPy writes: not scored here, because no Python 3.9 or newer has numpy (apt install python3-numpy)');

/** Features as numpy.save, savez and savez_compressed write them, and their scores by the papers' formulas, with nothing of ours. */
const oracle = String.raw`
import json, sys
import numpy as np
g = np.random.default_rng(1)
real, made, train = g.normal(size=(120, 6)), g.normal(0.4, 1.2, size=(90, 6)), g.normal(size=(150, 6))
np.savez_compressed('real.npz', test=real, train=train)
np.savez('made32.npz', features=made.astype('float32'))
np.save('made.npy', np.asfortranarray(made))
np.save('labels.npy', (real[:, 0] > 0).astype('int32'))

def sqrtm(c):
    w, v = np.linalg.eigh(c)
    return (v * np.sqrt(np.maximum(w, 0))) @ v.T
def fid(x, y):
    a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    s = sqrtm(a)
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(a) + np.trace(b) - 2 * np.trace(sqrtm(s @ b @ s))
def distances(x, y):
    return np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1))
def radii(x, k):
    return np.sort(distances(x, x), 1)[:, k]
def cmmd(x, y):
    k = lambda a, b: np.exp(-distances(a, b) ** 2 / 200)
    off = lambda a: (k(a, a).sum() - len(a)) / (len(a) * (len(a) - 1))
    return 1000 * (off(x) + off(y) - 2 * k(x, y).mean())
def vendi(x):
    u = x / np.linalg.norm(x, axis=1, keepdims=True)
    w = np.linalg.eigvalsh(u @ u.T / len(u))
    w = w[w > 1e-12]
    return np.exp(-(w * np.log(w)).sum())
near = real[:len(made)]
d = distances(near, made)
print(json.dumps({
    'fid': fid(made, real), 'cmmd': cmmd(made, near), 'vendi': vendi(made),
    'precision': (d <= radii(near, 3)[:, None]).any(0).mean(), 'recall': (d <= radii(made, 3)[None]).any(1).mean(),
    'density': (d < radii(near, 5)[:, None]).sum() / 5 / len(made), 'coverage': (d.min(1) < radii(near, 5)).mean(),
}))
`;

(python ? test : test.skip)('what NumPy wrote is read whole, and scores as the formulas written in NumPy do', async () => {
  const { stdout, stderr } = spawnSync(python!, ['-c', oracle], { cwd: dir, encoding: 'utf8' });
  expect(stderr).toBe('');
  const expected = JSON.parse(stdout) as Record<string, number>;
  const options = { against: join(dir, 'real.npz'), training: join(dir, 'real.npz'), labels: join(dir, 'labels.npy'), extractor: 'six numbers', metrics: [...Object.keys(expected), 'classimbalance', 'ct(cells 1)'], format: 'json' } as const;
  const read = JSON.parse(await scored([join(dir, 'made.npy'), join(dir, 'made32.npz')], options)) as { reference: { n: number }; files: { scores: { metric: string; value: number; details: { trainingN?: number } }[] }[] };
  expect(read.reference.n).toBe(120);
  const [whole, single] = read.files.map(({ scores }) => Object.fromEntries(scores.map(({ metric, value }) => [metric, value]))) as [Record<string, number>, Record<string, number>];
  // NumPy's root of a matrix by its eigenvalues has half of the digits
  for (const [metric, value] of Object.entries(expected)) expect([metric, whole[metric]]).toEqual([metric, expect.closeTo(value, metric === 'fid' ? 6 : 9)]);
  expect(read.files[0]!.scores.at(-1)!.details.trainingN).toBe(150);
  // rounding to float32
  for (const [metric, value] of Object.entries(expected)) expect([metric, single[metric]]).toEqual([metric, expect.closeTo(value, 3)]);
  expect(readFileSync(join(dir, 'made.npy'), 'latin1')).toContain("'fortran_order': True");
});
