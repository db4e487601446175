import type { Picture } from './resize.js';

/** A picture as bytes: grey or sRGB. */
export interface Decoded extends Picture {
  channels: 1 | 3;
  data: Uint8Array;
  /** What was lost in the conversion: "16 bits made 8". */
  notes: readonly string[];
}

/** Larger pictures are refused: decoding them would take gigabytes. */
const largestPixels = 100_000_000;

/**
 * A PNG or JPEG as 8-bit grey or sRGB, rotated upright by its EXIF orientation, transparency flattened onto black.
 * Throws an error whose message says why a file cannot be used: not an image, truncated, animated, CMYK.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Decoded> {
  const { default: sharp } = await import('sharp'); // loading it takes longer than most commands
  const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: largestPixels });
  const { format, space, hasAlpha, bitsPerSample = 8, depth } = await image.metadata();
  if (format !== 'png' && format !== 'jpeg') throw new Error(`it is ${format}, not PNG or JPEG`);
  if (space === 'cmyk') throw new Error('its colours are CMYK; save it as RGB');
  if (format === 'png' && isAnimated(bytes)) throw new Error('it is animated');
  const deep = bitsPerSample > 8 || depth === 'ushort';
  const grey = space === 'b-w' || space === 'grey16';
  const flat = hasAlpha ? image.autoOrient().flatten({ background: 'black' }) : image.autoOrient();
  const { data, info } = await flat.toColourspace(grey ? 'b-w' : 'srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== 1 && info.channels !== 3) throw new Error(`it has ${info.channels} channels`);
  return { width: info.width, height: info.height, channels: info.channels, data, notes: [...(deep ? ['16 bits made 8'] : []), ...(hasAlpha ? ['transparency laid over black'] : [])] };
}

/** Whether a PNG has an animation control chunk, which comes before its image data. */
function isAnimated(png: Uint8Array): boolean {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at + 8 <= png.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
  }
  return false;
}
