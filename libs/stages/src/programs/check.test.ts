import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@elucidate/engine/start';
import { recordingHooks } from '../stages.fixture.js';
import { checkProgram } from './check.js';
import { checkExtractor } from './check-extractor.js';
import type { CheckRequest } from './check-parts.js';
import { gaussianProgram, hostileProgram, madeProgram, rowsExtractor } from './program.fixture.js';

let root: string;
beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'elucidate-check-')); });
afterAll(() => rm(root, { recursive: true, force: true }));

async function checked(files: Readonly<Record<string, string>>, request: Partial<CheckRequest> = {}, check = checkProgram) {
  const { folder } = await madeProgram(root, files);
  const place = join(root, `check-${Object.values(request.settings ?? {}).join() || 'all'}-${check.name}`);
  const heard: string[] = [];
  const context = { ...recordingHooks(), engine: await startEngine({ backend: 'cpu', threads: 1 }), home: place };
  const { findings, versions } = await check({ folder, command: ['node', 'main.mjs'], settings: {}, place, resolution: 16, onFinding: ({ what }) => heard.push(what), ...request }, context);
  expect(heard).toEqual(findings.map(({ what }) => what));
  return { findings: Object.fromEntries(findings.map(({ what, verdict, detail }) => [what, [verdict, detail]])), versions, place };
}

it('finds that a good program does all that a sweep may ask, and leaves its tasks', async () => {
  const { findings, versions, place } = await checked(gaussianProgram);
  expect(findings).toMatchObject({
    'trains': ['yes', expect.stringMatching(/^3 steps of 8 images, loss 0\./)],
    'samples': ['yes', expect.anything()],
    'samples with fresh noise, past steps and two evaluations': ['yes', expect.anything()],
    'gives the same images again': ['yes', expect.anything()],
    'takes per-sample normalisation and flips': ['yes', expect.anything()],
    'takes classes and guidance': ['yes', expect.anything()],
    'stops on SIGTERM with a checkpoint': ['yes', expect.stringMatching(/state in its checkpoint/)],
  });
  expect(versions).toEqual({ node: process.version, device: 'cpu' });
  await stat(join(place, 'sample', 'task', 'trajectory.json'));
});

it('says what is wrong, and tries no more with a program that does not train', async () => {
  const { findings, versions } = await checked(hostileProgram, { settings: { do: 'nothing' } });
  // which it may have reported, but not to whom a failed run answers
  expect(versions).toBeUndefined();
  expect(findings).toEqual({ trains: ['wrong', expect.stringMatching(/weights are not there/)] });
});

const features = 'computes features';
const again = 'gives the same features again';
const alone = 'computes those of an image from that image alone';

it('finds that a good extractor does all that a sweep may ask', async () => {
  const { findings, versions } = await checked(rowsExtractor, {}, checkExtractor);
  expect(findings).toEqual({
    [features]: ['yes', '64 images, 32 features of each'],
    [again]: ['yes', expect.anything()],
    [alone]: ['yes', expect.anything()],
    'takes images in colour': ['yes', '32 features of each'],
    'takes images that are floats, of synthetic data': ['yes', '32 features of each'],
  });
  expect(versions).toEqual({ node: process.version });
});

it.each([
  ['random', again, /The same images have other features: the first is feature 0 of image 0/],
  ['batch', alone, /among fewer others have other features.*batch statistics/],
  ['nan', features, /no finite number/],
])('says that features are wrong: %s', async (wrong, what, message) => {
  const { findings, versions } = await checked(rowsExtractor, { settings: { wrong } }, checkExtractor);
  expect(versions).toEqual(what === features ? undefined : { node: process.version });
  expect(findings[what]).toEqual(['wrong', expect.stringMatching(message)]);
});

it('refuses a folder that cannot be added', async () => {
  await expect(checked({ '.env': 'A=1' })).rejects.toMatchObject({ code: 'request.invalid' });
});
