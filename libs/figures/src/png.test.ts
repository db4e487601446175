import { pngOf } from './png.js';

const svgOf = (content: string): string => `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><g font-family="Inter" font-size="20">${content}</g></svg>`;
const textOf = (content: string): Promise<Uint8Array> => pngOf(svgOf(`<text x="5" y="22">${content}</text>`));

test('a picture is a PNG, scaled by the given number of pixels', async () => {
  const png = Buffer.from(await pngOf(svgOf(''), { scale: 3 }));
  expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([120, 90]);
});

/** A font draws the same box for every letter that it lacks. */
test('Latin and Greek letters and arithmetic signs are drawn, each different, with the bundled font', async () => {
  const pictures = await Promise.all(['', 'a', 'b', 'σ', 'γ', 'ε', '−', '·', 'é', 'ł', '²'].map(textOf));
  expect(new Set(pictures.map((png) => Buffer.from(png).toString('base64'))).size).toBe(pictures.length);
});

test('the same SVG gives the same bytes', async () => {
  expect(await textOf('σ 1')).toEqual(await textOf('σ 1'));
});

test('a picture of too many pixels is refused before it is drawn, with its size', async () => {
  await expect(pngOf('<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="4000"></svg>')).rejects.toMatchObject({ code: 'request.too_large', message: expect.stringContaining('18000 x 8000 pixels') });
});

test('input that is not SVG is refused', async () => {
  await expect(pngOf('<svg><g></svg>')).rejects.toBeDefined();
});
