import type { Figure } from '@elucidate/figures/figure';
import { figureCsv } from '@elucidate/figures/figure-csv';
import { lineChart } from '@elucidate/figures/line-chart';

/** PNG pixels for each of the SVG, as the API draws them. */
const scale = 2;

/** How long a file is kept for the browser to save it. */
const keptMs = 60_000;

/** An SVG as PNG, in the fonts of this machine. */
async function pngOf(svg: string): Promise<Blob> {
  const picture = Object.assign(new Image(), { src: `data:image/svg+xml,${encodeURIComponent(svg)}` });
  await picture.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: picture.naturalWidth * scale, height: picture.naturalHeight * scale });
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('This browser cannot make the PNG; take it as SVG')) : resolve(blob)), 'image/png');
  });
}

async function fileOf(figure: Figure, format: 'svg' | 'png' | 'csv'): Promise<Blob> {
  switch (format) {
    case 'svg': return new Blob([lineChart(figure)], { type: 'image/svg+xml' });
    case 'png': return pngOf(lineChart(figure));
    case 'csv': return new Blob([figureCsv(figure)], { type: 'text/csv' });
  }
}

/** Gives the reader a picture as a file. */
export async function saveFigure(figure: Figure, { name, format }: { name: string; format: 'svg' | 'png' | 'csv' }): Promise<void> {
  const href = URL.createObjectURL(await fileOf(figure, format));
  Object.assign(document.createElement('a'), { href, download: `${name}.${format}` }).click();
  setTimeout(() => URL.revokeObjectURL(href), keptMs);
}
