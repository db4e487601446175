import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecuteStage } from '@elucidate/experiment/execution';
import { codeVersions } from '@elucidate/experiment/stages';
import type { ProvenanceStage } from '@elucidate/store/queries/provenance';
import type { Answers } from './answers.js';
import { StageFolder } from './recompute.js';

const dir = mkdtempSync(join(tmpdir(), 'elucidate-recompute-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const stored = new Map(['weights of 4', 'images of weights of 4'].map((text) => [hashOf(text), text]));
const answers = { artifact: async function* (hash: string) { yield Buffer.from(stored.get(hash)!); } } as unknown as Answers;

const stage = (id: string, kind: 'train' | 'sample', more: Partial<ProvenanceStage>): ProvenanceStage =>
  ({ id: id.repeat(64), kind, state: 'done', codeVersion: codeVersions[kind], params: {}, inputs: {}, outputs: [], metrics: [], provenance: null, attempt: null, attempts: 1, ...more });
const output = (name: string, text: string) => [{ name, hash: hashOf(text), sizeBytes: text.length, mediaType: 'text/plain' }];
const train = stage('1', 'train', { params: { seed: 4 }, outputs: output('weights', 'weights of 4') });
const sample = stage('2', 'sample', { inputs: { train: train.id }, outputs: output('images', 'images of weights of 4') });
const byId = new Map([train, sample].map((one) => [one.id, one]));

/** "Trains" to a text of its seed, off by `drift`, and "samples" to a text of its weights. */
const machine = (drift = 0): ExecuteStage => async ({ kind, params, inputs, outDir }) => {
  const name = kind === 'train' ? 'weights' : 'images';
  const path = join(outDir, name);
  writeFileSync(path, kind === 'train' ? `weights of ${(params as { seed: number }).seed + drift}` : `images of ${readFileSync(inputs['train']!['weights']!, 'utf8')}`);
  return { outputs: { [name]: { path, mediaType: 'text/plain' } }, metrics: [], provenance: { engine: 'test 1', threads: 1, device: 'd', host: 'h', node: 'v20', elucidate: '0' } };
};
const hooks = (execute: ExecuteStage) => ({ execute, signal: new AbortController().signal, log: () => undefined });

test('a stage is computed again from the stored files of its inputs, in a folder of its own', async () => {
  const again = await new StageFolder(answers, join(dir, 'last')).again(sample, byId, hooks(machine(1)));
  expect(again).toEqual({ engine: 'test 1, threads 1', files: { images: hashOf('images of weights of 4') }, metrics: [] });
  expect(existsSync(join(dir, 'last', 'again', '22222222', 'images'))).toBe(true);
});

test('in a chain a stage reads what was made again, so that a difference is seen to its end', async () => {
  const folder = new StageFolder(answers, join(dir, 'chain'));
  expect((await folder.again(train, byId, hooks(machine(1)))).files).toEqual({ weights: hashOf('weights of 5') });
  expect((await folder.again(sample, byId, hooks(machine(1)))).files).toEqual({ images: hashOf('images of weights of 5') });
});

test('a stage that runs a program is given its archive, and one that is not what its name says is refused', async () => {
  const archive = 'the files of a program';
  const store = new Map([...stored, [hashOf(archive), archive]]);
  const withArchive = { artifact: async function* (hash: string) { yield Buffer.from(store.get(hash)!); } } as unknown as Answers;
  const program = { ...train, params: { seed: 4, network: { kind: 'program', contents: hashOf(archive), command: ['python3', 'main.py'], settings: {} } } };
  const seen: string[] = [];
  const looking: ExecuteStage = async (task, options) => {
    seen.push(readFileSync(task.inputs['program']!['program']!, 'utf8'));
    return machine()(task, options);
  };
  expect((await new StageFolder(withArchive, join(dir, 'program')).again(program, byId, hooks(looking))).files).toEqual({ weights: hashOf('weights of 4') });
  expect(seen).toEqual([archive]);
  store.set(hashOf(archive), 'other files');
  await expect(new StageFolder(withArchive, join(dir, 'other-program')).again(program, byId, hooks(looking))).rejects.toMatchObject({ code: 'artifact.corrupt' });
  expect(seen).toEqual([archive]);
});

test('stored bytes that are not those of their name are refused, and so is a stage of other code', async () => {
  const wrong = { artifact: async function* () { yield Buffer.from('rotten'); } } as unknown as Answers;
  await expect(new StageFolder(wrong, join(dir, 'rotten')).again(sample, byId, hooks(machine()))).rejects.toMatchObject({ code: 'artifact.corrupt', message: expect.stringContaining('weights of train stage 11111111') as string });
  await expect(new StageFolder(answers, join(dir, 'old')).again({ ...train, codeVersion: 0 }, byId, hooks(machine()))).rejects.toMatchObject({ code: 'code.absent' });
});
