import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ElucidateError } from '@elucidate/experiment/errors';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

const { resolve } = createRequire(import.meta.url);

/** Inter, from npm: the machine's own fonts are never used, so a picture is the same everywhere. Greek has separate files. */
const fontFiles = ['latin-400', 'latin-600', 'latin-ext-400', 'latin-ext-600', 'greek-400', 'greek-600'].map((part) => `@fontsource/inter/files/inter-${part}-normal.woff2`);

async function started(): Promise<Uint8Array[]> {
  const [wasm, ...fonts] = await Promise.all(['@resvg/resvg-wasm/index_bg.wasm', ...fontFiles].map((name) => readFile(resolve(name))));
  await initWasm(wasm!);
  return fonts;
}

let start: Promise<Uint8Array[]> | undefined;

/** Each takes 4 bytes while it is drawn. */
const maxPixels = 64e6;

/** An SVG as PNG bytes, `scale` pixels for each SVG pixel. Throws if the text is not SVG, and 'request.too_large' for one of too many pixels. */
export async function pngOf(svg: string, { scale = 2 }: { scale?: number } = {}): Promise<Uint8Array> {
  start ??= started();
  const picture = new Resvg(svg, { fitTo: { mode: 'zoom', value: scale }, font: { loadSystemFonts: false, fontBuffers: await start, defaultFontFamily: 'Inter' } });
  try {
    const [width, height] = [picture.width * scale, picture.height * scale].map(Math.round) as [number, number];
    if (width * height > maxPixels) throw new ElucidateError('request.too_large', `As PNG it has ${width} x ${height} pixels, more than ${maxPixels / 1e6} million; take it as SVG`);
    const rendered = picture.render();
    try {
      return rendered.asPng();
    } finally {
      rendered.free();
    }
  } finally {
    picture.free();
  }
}
