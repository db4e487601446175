import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { subtract } from './subtract.js';

const loaded = (address: string): Promise<HTMLImageElement> => new Promise((resolve, reject) => {
  const image = new Image();
  image.onload = () => resolve(image);
  image.onerror = () => reject(new Error(`${address} cannot be shown`));
  image.src = address;
});

function pixelsOf(image: HTMLImageElement, width: number, height: number): Uint8ClampedArray {
  const canvas = new OffscreenCanvas(width, height).getContext('2d')!;
  canvas.drawImage(image, 0, 0);
  return canvas.getImageData(0, 0, width, height).data;
}

export function Difference({ images, label }: { images: readonly [string, string]; label: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [text, setText] = useState('');
  const [first, second] = images;
  useEffect(() => {
    let wanted = true;
    Promise.all([loaded(first), loaded(second)]).then(([one, other]) => {
      if (!wanted) return;
      const [width, height] = [Math.min(one.width, other.width), Math.min(one.height, other.height)];
      const drawn = new ImageData(width, height);
      const mean = subtract(pixelsOf(one, width, height), pixelsOf(other, width, height), drawn.data);
      Object.assign(canvas.current!, { width, height });
      canvas.current!.getContext('2d')!.putImageData(drawn, 0, 0);
      setText(`mean absolute difference ${mean.toFixed(2)} of 255 grey levels`);
    }, (error: unknown) => setText((error as Error).message));
    return () => { wanted = false; };
  }, [first, second]);
  return <figure><canvas ref={canvas} role="img" aria-label={`${label}: ${text}`} /><figcaption>{label}. Grey: the same; lighter: the first is lighter. {text}</figcaption></figure>;
}
