import { createHash } from 'node:crypto';
import { copyFile, cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { decodeImage } from './decode-image.js';
import { folderContents } from './folder-contents.js';
import { folderImages } from './folder-images.js';
import { folderPlace, originalFile, splitOf } from './folder-place.js';
import { picture, pictureFolder, writeFiles } from './folder.fixture.js';
import { importFolder } from './import-folder.js';

let root: string;
let folder: string;
let home: string;
const shape = { resolution: 8, channels: 3 } as const;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'elucidate-folder-'));
  folder = path.join(root, 'pictures');
  await pictureFolder(folder, 40);
});
beforeEach(async () => { home = await mkdtemp(path.join(root, 'home-')); });
afterAll(() => rm(root, { recursive: true, force: true }));

describe('folderContents', () => {
  it('is the sha256 of the sorted hashes of the files, in the folder or in its subfolders, whatever their names', async () => {
    const { contents, files } = await folderContents(folder);
    expect(contents).toBe(createHash('sha256').update(files.map(({ hash }) => `${hash}\n`).sort().join('')).digest('hex'));
    const moved = path.join(home, 'moved');
    const inside = path.join(moved, 'all');
    await cp(folder, inside, { recursive: true });
    await writeFiles(inside, { 'deeper/another.png': await readFile(path.join(inside, '1.PNG')) });
    await rm(path.join(inside, '1.PNG'));
    await copyFile(path.join(inside, '2.PNG'), path.join(inside, 'twice.png'));
    await writeFiles(moved, { 'notes.txt': Buffer.from('no image'), '._1.png': Buffer.from('nor this') });
    expect(await folderContents(moved)).toMatchObject({ contents, classes: [], contradicted: [] });
    await writeFiles(inside, { 'new.png': await picture(99) });
    expect((await folderContents(moved)).contents).not.toBe(contents);
  });

  it.each([['is not there', 'absent'], ['is a file', 'pictures/1.PNG'], ['holds no .png', 'empty']])('reports a folder that %s', async (why, name) => {
    await writeFiles(path.join(root, 'empty'), { 'readme.md': Buffer.from('') });
    await expect(folderContents(path.join(root, name))).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringContaining(why) });
  });
});

describe('a folder of class folders', () => {
  let pets: string;
  const of = (label: string) => async (i: number) => ({ [`${label}/${i % 2 === 0 ? '' : 'kittens/'}${i}.png`]: await picture(500 + i) });

  beforeAll(async () => {
    pets = path.join(root, 'pets');
    for (let i = 0; i < 40; i += 1) await writeFiles(pets, await of(i % 4 === 0 ? 'dogs' : 'cats')(i));
  });

  it('has its immediate subfolders as classes, in sorted order, and its contents depend on the class of each image', async () => {
    const { contents, classes, files } = await folderContents(pets);
    expect(classes).toEqual(['cats', 'dogs']);
    expect(files.every(({ path: place, label }) => path.relative(pets, place).split(path.sep)[0] === label)).toBe(true);
    expect(contents).toBe(createHash('sha256').update(files.map(({ hash, label }) => `${hash} ${label}\n`).sort().join('')).digest('hex'));
    const moved = path.join(home, 'moved');
    await cp(pets, moved, { recursive: true });
    await rename(path.join(moved, 'cats', '2.png'), path.join(moved, 'dogs', '2.png'));
    expect((await folderContents(moved)).contents).not.toBe(contents);
  });

  it('gives each image the label of its folder, in any shape and when an import is reused', async () => {
    const { contents, classes } = await importFolder(pets, home, { shape });
    expect(classes).toEqual(['cats', 'dogs']);
    expect((await importFolder(pets, home, { shape })).classes).toEqual(classes);
    const { files } = await folderContents(pets);
    for (const requested of [shape, { resolution: 16, channels: 1 } as const]) {
      const splits = await folderImages({ home, contents, ...requested });
      for (const split of ['train', 'test'] as const) {
        expect(splits[split].labels!.classes).toEqual(classes);
        expect([...splits[split].labels!.of].map((label) => classes[label])).toEqual(files.filter(({ hash }) => splitOf(hash) === split).map(({ label }) => label));
      }
    }
  });

  it('with an image in two classes keeps the first and says so', async () => {
    const doubled = path.join(home, 'doubled');
    await cp(pets, doubled, { recursive: true });
    await copyFile(path.join(doubled, 'cats', '2.png'), path.join(doubled, 'dogs', 'two.png'));
    const { contents, skipped } = await importFolder(doubled, home, { shape });
    expect(contents).toBe((await folderContents(pets)).contents);
    expect(skipped).toEqual([{ file: path.join('dogs', 'two.png'), reason: `it equals ${path.join('cats', '2.png')}, which is of another class` }]);
  });

  it('with images beside the folders is refused', async () => {
    const mixed = path.join(home, 'mixed');
    await cp(pets, mixed, { recursive: true });
    await writeFiles(mixed, { 'stray.png': await picture(600) });
    await expect(folderContents(mixed)).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringMatching(/1 images itself and 40 in folders/) });
  });
});

describe('importFolder', () => {
  it('gives each image to the split that its hash names, in the order of hashes, as resized pixels', async () => {
    const progress: string[] = [];
    const { contents, train, test, known } = await importFolder(folder, home, { shape, onProgress: ({ step, done, total }) => progress.push(`${step} ${done}/${total}`) });
    const { files } = await folderContents(folder);
    const ofTest = files.filter(({ hash }) => splitOf(hash) === 'test');
    expect([train, test, known]).toEqual([40 - ofTest.length, ofTest.length, false]);
    expect(progress).toEqual(expect.arrayContaining(['reading 40/40', 'importing 40/40']));
    const splits = await folderImages({ home, contents, ...shape });
    expect(splits.train).toMatchObject({ count: train, size: 8, channels: 3 });
    // each picture is of one colour, except for noise
    const { data } = await decodeImage(await readFile(ofTest[1]!.path));
    const mean = (bytes: Uint8Array, channel: number) => bytes.filter((_, i) => i % 3 === channel).reduce((a, b) => a + b, 0) / (bytes.length / 3);
    for (const channel of [0, 1, 2]) expect(Math.abs(mean(splits.test.data.subarray(192, 384), channel) - mean(data, channel))).toBeLessThan(5);
  });

  it('makes other shapes from its own copies after the folder is gone, the same in any home', async () => {
    const copy = path.join(home, 'copy');
    await cp(folder, copy, { recursive: true });
    const { contents } = await importFolder(copy, home, { shape });
    await rm(copy, { recursive: true });
    const grey = { resolution: 16, channels: 1 } as const;
    const made = await folderImages({ home, contents, ...grey });
    const other = path.join(home, 'other');
    await importFolder(folder, other, { shape: grey });
    expect(await folderImages({ home: other, contents, ...grey })).toEqual(made);
    expect(await folderImages({ home, contents, ...grey })).toEqual(made);
  });

  it('leaves nothing behind when it is stopped, and a second import reuses the first', async () => {
    const stop = new AbortController();
    await expect(importFolder(folder, home, { shape, signal: stop.signal, onProgress: ({ step, done }) => { if (step === 'importing' && done === 5) stop.abort(); } })).rejects.toThrow();
    expect(await readdir(path.join(home, 'datasets', 'folder'))).toEqual([]);
    const [first, second] = await Promise.all([importFolder(folder, home, { shape }), importFolder(folder, home, { shape })]);
    expect(await readdir(path.join(home, 'datasets', 'folder'))).toEqual([first.contents]);
    expect(second).toMatchObject({ contents: first.contents, train: first.train });
    expect(await importFolder(folder, home, { shape })).toMatchObject({ known: true, train: first.train, test: first.test });
  });

  it('skips what it cannot use, and says why', async () => {
    const bad = path.join(home, 'bad');
    await cp(folder, bad, { recursive: true });
    const good = await picture(200, 'jpeg', { width: 64, height: 64 });
    await writeFiles(bad, {
      'empty.png': Buffer.alloc(0),
      'text.jpg': Buffer.from('this is no image'),
      'cut.jpg': good.subarray(0, good.length - 300),
      'webp.png': await sharp(await picture(201)).webp().toBuffer(),
      'cmyk.jpg': await sharp(await picture(202)).toColourspace('cmyk').jpeg().toBuffer(),
      'animated.png': animated(await picture(203)),
    });
    const { skipped, train, test } = await importFolder(bad, home, { shape });
    expect(train + test).toBe(40);
    expect(Object.fromEntries(skipped.map(({ file, reason }) => [file, reason]))).toEqual({
      'empty.png': 'it is empty',
      'text.jpg': expect.stringContaining('unsupported image format'),
      'cut.jpg': expect.stringContaining('premature end'),
      'webp.png': 'it is webp, not PNG or JPEG',
      'cmyk.jpg': expect.stringContaining('CMYK'),
      'animated.png': 'it is animated',
    });
  });

  it('reduces 16 bits to 8, puts transparency over black, and counts both', async () => {
    const mixed = path.join(home, 'mixed');
    await cp(folder, mixed, { recursive: true });
    const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 200, g: 200, b: 200, alpha: 0.5 } } }).png().toBuffer();
    const deep = await sharp(await picture(300)).toColourspace('rgb16').png().toBuffer();
    await writeFiles(mixed, { 'clear.png': clear, 'deep.png': deep });
    expect((await importFolder(mixed, home, { shape })).notes).toEqual({ 'transparency laid over black': 1, '16 bits made 8': 1 });
    expect([...(await decodeImage(clear)).data.subarray(0, 3)].every((byte) => Math.abs(byte - 100) <= 1)).toBe(true);
    expect((await decodeImage(deep)).data).toEqual((await decodeImage(await picture(300))).data);
  });

  it('needs two images in each split', async () => {
    const few = path.join(home, 'few');
    await writeFiles(few, { '1.png': await picture(1), 'broken.png': Buffer.from('x') });
    await expect(importFolder(few, home, { shape })).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringMatching(/at least 2 of each.*broken\.png/) });
  });
});

describe.each<[string, (bytes: Buffer) => Buffer]>([
  ['inverted', (bytes) => bytes.map((byte) => 255 - byte) as Buffer],
  ['with its last half inverted', (bytes) => Buffer.concat([bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2).map((byte) => 255 - byte)])],
  ['changed in one bit', (bytes) => { bytes[bytes.length - 9]! ^= 1; return bytes; }],
  ['cut short', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['emptied', () => Buffer.alloc(0)],
])('a file kept of an import and %s', (_, damaged) => {
  const damage = async (place: string): Promise<void> => writeFile(place, damaged(await readFile(place)));

  it('is made again from the copies of the originals if it holds pixels', async () => {
    const { contents } = await importFolder(folder, home, { shape });
    const whole = await folderImages({ home, contents, ...shape });
    const place = path.join(folderPlace(home, contents), 'pixels-8x8x3.safetensors');
    const before = await readFile(place);
    await damage(place);
    expect(await folderImages({ home, contents, ...shape })).toEqual(whole);
    expect(await readFile(place)).toEqual(before);
  });

  it.each(['index.json', 'a copy'])('is made again from the folder if it is %s', async (what) => {
    const { contents, train, place } = await importFolder(folder, home, { shape });
    const copy = (await folderContents(folder)).files[3]!.hash;
    await damage(path.join(place, what === 'a copy' ? originalFile(copy) : 'index.json'));
    await rm(path.join(place, 'pixels-8x8x3.safetensors'));
    await expect(folderImages({ home, contents, ...shape })).rejects.toMatchObject({ code: 'data.corrupt' });
    expect(await importFolder(folder, home, { shape })).toMatchObject({ contents, train });
    expect((await folderImages({ home, contents, ...shape })).train.count).toBe(train);
  });
});

describe('folderImages', () => {
  it('names contents that were not imported, and the command to import them', async () => {
    const contents = 'a'.repeat(64);
    await expect(folderImages({ home, contents, ...shape })).rejects.toMatchObject({ code: 'data.missing', message: expect.stringMatching(new RegExp(`${contents}.*elucidate dataset add PATH`, 's')) });
  });

  it('refuses a copy that has changed', async () => {
    const { contents } = await importFolder(folder, home, { shape });
    const { files } = await folderContents(folder);
    await writeFile(path.join(folderPlace(home, contents), originalFile(files[3]!.hash)), await picture(400));
    await expect(folderImages({ home, contents, resolution: 16, channels: 3 })).rejects.toMatchObject({ code: 'data.corrupt', message: expect.stringContaining('has changed') });
  });
});

describe('splitOf', () => {
  it('gives a seventh of all hashes to the test split', () => {
    const hashes = Array.from({ length: 7000 }, (_, i) => createHash('sha256').update(String(i)).digest('hex'));
    const share = hashes.filter((hash) => splitOf(hash) === 'test').length / 7000;
    // four standard errors
    expect(Math.abs(share - 1 / 7)).toBeLessThan(4 * Math.sqrt((1 / 7) * (6 / 7) / 7000));
  });
});

/** A PNG with an animation control chunk after its header. */
function animated(png: Buffer): Buffer {
  const chunk = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('acTL'), Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from([0xc1, 0x92, 0x2f, 0x8c])]);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}
