import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { ByteImages } from '../images.js';
import { requireLearnable, imageProblems } from './learnable.js';
import { folderImages } from './folder-images.js';
import { pictureFolder, writeFiles } from './folder.fixture.js';
import { importFolder } from './import-folder.js';

/** Images of 2x2 pixels, each from its number. */
const images = (count: number, pixels: (image: number) => readonly number[], channels: 1 | 3 = 1): ByteImages =>
  ({ count, size: 2, channels, data: Uint8Array.from({ length: count }, (_, i) => i).reduce<number[]>((all, i) => [...all, ...pixels(i)], []) as unknown as Uint8Array });
const bytes = (made: ByteImages): ByteImages => ({ ...made, data: Uint8Array.from(made.data) });
const varied = (count: number) => bytes(images(count, (i) => [i, i + 1, 2 * i, 7]));

test.each<[string, [train: ByteImages, test: ByteImages], string | null, RegExp[]]>([
  ['one value everywhere', [bytes(images(30, () => [5, 5, 5, 5])), bytes(images(30, () => [5, 5, 5, 5]))], 'every pixel of every image has the same value', []],
  ['one image many times', [bytes(images(30, () => [1, 2, 3, 4])), varied(30)], 'all 30 training images are alike', []],
  ['one test image many times', [varied(30), bytes(images(25, () => [1, 2, 3, 4]))], null, [/all 25 test images are alike/]],
  ['grey squares', [bytes(images(30, (i) => [i, i, i, i])), varied(30)], null, [/single colour/]],
  ['coloured squares', [bytes(images(30, (i) => [i, 9, 2, i, 9, 2, i, 9, 2, i, 9, 2], 3)), varied(30)], null, [/single colour/]],
  ['a handful', [varied(19), varied(3)], null, [/only 19 images are in the train split/, /only 3 images are in the test split/]],
  ['enough that differ', [varied(20), varied(20)], null, []],
])('%s: reports what is wrong', (_, [train, test], error, warnings) => {
  expect(imageProblems({ train, test })).toEqual({ error, warnings: warnings.map((warning) => expect.stringMatching(warning) as string) });
});

test.each([
  [[0, 0, 0], /all training images are of one class; without any: dogs, birds/],
  [[0, 1, 0], /some classes have no training image; without any: birds/],
])('reports classes without an image: %j', (of, warning) => {
  const labels = { classes: ['cats', 'dogs', 'birds'], of: Uint16Array.from({ length: 30 }, (_, i) => of[i % 3]!) };
  expect(imageProblems({ train: { ...varied(30), labels }, test: varied(30) }).warnings).toEqual([expect.stringMatching(warning)]);
});

test('an error names the data set and what to do', () => {
  const same = bytes(images(30, () => [1, 1, 1, 1]));
  expect(() => requireLearnable('pictures', { train: same, test: same })).toThrow(expect.objectContaining({ code: 'request.invalid', message: expect.stringMatching(/^pictures cannot be trained on: .*give it images that differ$/) as string }));
});

describe('a folder of one-coloured pictures', () => {
  let home: string;
  const shape = { resolution: 8, channels: 3 } as const;
  beforeEach(async () => { home = await mkdtemp(path.join(tmpdir(), 'elucidate-learnable-')); });
  afterEach(() => rm(home, { recursive: true, force: true }));

  /** Files that differ in size, of one colour or of many. */
  async function squares(colour: (i: number) => { r: number; g: number; b: number }): Promise<string> {
    const folder = path.join(home, 'pictures');
    for (let i = 0; i < 80; i += 1) await writeFiles(folder, { [`${i}.png`]: await sharp({ create: { width: 16 + i, height: 16, channels: 3, background: colour(i) } }).png().toBuffer() });
    return folder;
  }

  it('all of one colour is refused when it is imported, and by every stage that has it already', async () => {
    await expect(importFolder(await squares(() => ({ r: 200, g: 10, b: 10 })), home, { shape })).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringContaining('cannot be trained on') });
  });

  it('each of another colour is imported with a warning, each time', async () => {
    const folder = await squares((i) => ({ r: 3 * i, g: 255 - 3 * i, b: 2 * i }));
    const { warnings, contents } = await importFolder(folder, home, { shape });
    expect(warnings).toEqual(expect.arrayContaining([expect.stringMatching(/single colour/)]));
    expect((await importFolder(folder, home, { shape })).warnings).toEqual(warnings);
    expect((await folderImages({ home, contents, ...shape })).train.count).toBeGreaterThan(20);
  });

  it('of real pictures gets no warning but of their number', async () => {
    const folder = path.join(home, 'many');
    await pictureFolder(folder, 40);
    expect((await importFolder(folder, home, { shape })).warnings).toEqual([expect.stringMatching(/in the test split/)]);
  });
});
