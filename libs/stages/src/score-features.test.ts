import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Features } from '@elucidate/metrics/features';
import { uniformStream } from '@elucidate/metrics/subsets';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { readFeatures, readLabels, type FeatureFile } from './feature-files.js';
import { featureScorer, type ScoringBasis } from './score-features.js';
import { featuresTensor } from './tensor-files.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'elucidate-features-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function features(n: number, d: number, seed: number): Features {
  const uniform = uniformStream(seed);
  return { values: Float32Array.from({ length: n * d }, uniform), n, d };
}
const file = (name: string, n: number, d = 4, seed = n): FeatureFile => ({ file: name, features: features(n, d, seed) });
const basis: ScoringBasis = { metrics: ['fid', 'kid'], reference: file('test.npy', 200), extractor: 'dinov2' };

/** A .npy file of format 1.0, as numpy.save writes it. */
function npy(type: string, shape: readonly number[], data: { buffer: ArrayBufferLike }, order = 'False'): Buffer {
  const header = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  const padded = header.padEnd(128 - 11).concat('\n');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded), Buffer.from(new Uint8Array(data.buffer))]);
}

/** A ZIP of stored files. */
function zip(files: Readonly<Record<string, Buffer>>): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  for (const [name, bytes] of Object.entries(files)) {
    const [local, entry] = [Buffer.alloc(30), Buffer.alloc(46)];
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(crc32(bytes), 16);
    entry.writeUInt32LE(bytes.length, 20);
    entry.writeUInt32LE(bytes.length, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(Buffer.concat(parts).length, 42);
    parts.push(local, Buffer.from(name), bytes);
    directory.push(entry, Buffer.from(name));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(Buffer.concat(parts).length, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

async function kept(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, bytes);
  return path;
}

describe('a file of features', () => {
  const values = Float32Array.from([1, 2, 3, 4, 5, 6]);

  it.each([
    ['float32', npy('<f4', [2, 3], values)],
    ['float64', npy('<f8', [2, 3], Float64Array.from(values))],
    ['float32, column by column', npy('<f4', [2, 3], Float32Array.from([1, 4, 2, 5, 3, 6]), 'True')],
  ])('of NumPy gives its numbers row by row: %s', async (_, bytes) => {
    const { features: found } = await readFeatures(await kept('a.npy', bytes), ['features']);
    expect([found.n, found.d, Array.from(found.values)]).toEqual([2, 3, [...values]]);
  });

  it('that a stage wrote says which extractor its features are of; of several arrays one is named after a colon', async () => {
    const tensors = { test: featuresTensor(features(3, 2, 1)), train: featuresTensor(features(4, 2, 2)) };
    const path = await kept('b.safetensors', encodeSafetensors({ tensors, metadata: { extractor: 'abc' } }));
    expect(await readFeatures(path, ['test', 'features'])).toMatchObject({ extractor: 'abc', features: { n: 3 } });
    expect(await readFeatures(`${path}:train`, ['test'])).toMatchObject({ features: { n: 4 } });
    await expect(readFeatures(path, ['features'])).rejects.toThrow(/several arrays, test \[3, 2\], train \[4, 2\]; name one, as in ".*b\.safetensors:test"/);
    await expect(readFeatures(`${path}:other`, ['features'])).rejects.toThrow('it has no array "other", but test [3, 2]');
  });

  it('reads of several arrays the one that is meant, whatever the others are', async () => {
    const path = await kept('several.npz', zip({ 'features.npy': npy('<f4', [2, 3], values), 'a:b/c.npy': npy('<f4', [3, 2], values), 'paths.npy': npy('<U5', [1], new Uint8Array(20)) }));
    expect(await readFeatures(path, ['features'])).toMatchObject({ features: { n: 2, d: 3 } });
    expect(await readFeatures(`${path}:a:b/c`, ['features'])).toMatchObject({ features: { n: 3, d: 2 } });
    await expect(readFeatures(`${path}:paths`, ['features'])).rejects.toThrow('paths: its numbers are of type <U5');
    await expect(readFeatures(path, ['other'])).rejects.toThrow('it has several arrays, features, a:b/c, paths; name one');
    await expect(readFeatures(await kept('none.npz', zip({})), ['features'])).rejects.toThrow('it has no arrays');
  });

  it.each<[string, string, Buffer, string]>([
    ['of another kind', 'c.csv', Buffer.from('1,2'), 'the end of the name says what is in a file of features: .npy, .npz, .safetensors'],
    ['that is not finite', 'c.npy', npy('<f4', [2, 2], Float32Array.from([1, 2, NaN, 4])), 'feature 0 of image 1 is NaN'],
    ['of the wrong shape', 'd.npy', npy('<f4', [4], Float32Array.from([1, 2, 3, 4])), 'shape [4]; expected features [images, features]'],
    ['of whole numbers', 'e.npy', npy('<i8', [1, 2], BigInt64Array.from([1n, 2n])), 'whole numbers of shape [1, 2]; expected features'],
    ['of a type that is not read', 'f.npy', npy('<f2', [1, 2], Uint16Array.from([1, 2])), 'numbers are of type <f2; save them as float32 or float64'],
    ['that is cut short', 'g.npy', npy('<f4', [2, 3], values).subarray(0, -4), 'takes 24 bytes, but 20 follow'],
    ['that is no ZIP', 'h.npz', Buffer.from('nothing of the kind, but long enough'), 'no whole .npz file'],
    ['that is no safetensors', 'i.safetensors', Buffer.from('nothing of the kind'), 'cannot be read: its header should take'],
    ['of one image', 'j.npy', npy('<f4', [1, 2], Float32Array.from([1, 2])), 'at least 2 images'],
  ])('%s is refused by its name', async (_, name, bytes, message) => {
    const path = await kept(name, bytes);
    await expect(readFeatures(path, ['features'])).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringContaining(message) });
    await expect(readFeatures(path, ['features'])).rejects.toThrow(name);
  });

  it('that is not there is refused, and so are labels that are no whole numbers', async () => {
    await expect(readFeatures(join(dir, 'absent.npy'), [])).rejects.toThrow('absent.npy": cannot be read: ENOENT');
    expect(Array.from(await readLabels(await kept('l.npy', npy('|u1', [3], Uint8Array.from([7, 0, 9])))))).toEqual([7, 0, 9]);
    await expect(readLabels(await kept('m.npy', npy('<f4', [2], Float32Array.from([1, 0.5]))))).rejects.toThrow('number 1 is 0.5');
  });
});

describe('a scorer of features', () => {
  it('has one fingerprint for one extractor, reference and what its metrics need, whatever kind of file they are in', () => {
    const of = (changes: Partial<ScoringBasis>) => featureScorer({ ...basis, ...changes }).evaluator;
    const inFloat64 = { file: 'other.npz', features: { ...basis.reference.features, values: Float64Array.from(basis.reference.features.values) } };
    // a baseline and labels change no FID
    const same = [of({}), of({ metrics: ['fid'] }), of({ reference: inFloat64 }), of({ training: file('train.npy', 100) })];
    expect(new Set(same).size).toBe(1);
    const training = { metrics: ['ct(cells 1)'], training: file('train.npy', 100) };
    const others = [of({ extractor: 'clip' }), of({ reference: file('test.npy', 201) }), of(training), of({ ...training, training: file('train.npy', 101) })];
    expect(new Set([...same, ...others]).size).toBe(5);
  });

  it('gives a baseline of as many training images, if there are some', () => {
    const scored = (training?: FeatureFile) => featureScorer({ ...basis, ...(training && { training }) }).score(file('a.npy', 120)).map(({ n, real }) => [n, real?.n]);
    expect(scored()).toEqual([[120, undefined], [120, undefined]]);
    expect(scored(file('train.npy', 100))).toEqual([[120, 100], [120, 100]]);
  });

  it.each<[string, Partial<ScoringBasis>, FeatureFile, string]>([
    ['features of another number', {}, file('a.npy', 100, 5), '"a.npy" has 100 images, 5 features each, "test.npy" 200 images, 4 features each'],
    ['too few images for k', { metrics: ['precision(k 20)'] }, file('a.npy', 20), '"a.npy": precision(k 20) needs at least 21 images, got 20'],
    ['fewer images than the metric is of', { metrics: ['fid@64'] }, file('a.npy', 20), '"a.npy": fid@64 is of 64 images, the file has 20'],
    ['too few images in the reference', { metrics: ['coverage'], reference: file('test.npy', 5) }, file('a.npy', 20), '"test.npy": coverage needs at least 6 images, the reference has 5'],
    ['a metric of classes without labels', { metrics: ['classcoverage'] }, file('a.npy', 20), 'classcoverage needs the class of each image of the reference; name their file with --labels'],
    ['labels of another number', { metrics: ['classcoverage'], labels: { file: 'y.npy', of: [1, 2] } }, file('a.npy', 20), '"y.npy" has 2 labels, "test.npy" features of 200 images'],
    ['C_T without training images', { metrics: ['ct'] }, file('a.npy', 100), 'ct needs features of the images that were trained on; name their file with --training'],
    ['an extractor without a name', { extractor: '' }, file('a.npy', 20), '"test.npy" does not say which extractor'],
    ['no extractor', { extractor: undefined }, file('a.npy', 20), '"test.npy" does not say which extractor'],
    ['a file that says another extractor', {}, { ...file('a.npy', 20), extractor: 'clip' }, '"a.npy" says that its features are of extractor clip, --extractor names dinov2; they cannot be compared'],
    ['an unknown metric', { metrics: ['fidd'] }, file('a.npy', 20), '"fidd" is no metric'],
  ])('refuses %s, by name', (_, changes, generated, message) => {
    expect(() => featureScorer({ ...basis, ...changes }).score(generated)).toThrow(expect.objectContaining({ code: 'request.invalid', message: expect.stringContaining(message) }));
  });
});
