import { type Images, sliceImages } from '@elucidate/training/images';
import { encodePng, imageSheet } from './png.js';

const sheetSide = 8;
/** Images on a sheet, at most. */
export const onSheet = sheetSide ** 2;

/** PNG of the first 64 images. */
export function sheetOf(images: Images<Uint8Array>): Buffer {
  const { count, size, channels, data } = sliceImages(images, 0, Math.min(onSheet, images.count));
  return encodePng(imageSheet({ pixels: data, n: count, height: size, width: size, channels }, { columns: sheetSide, zoom: 3 }));
}
