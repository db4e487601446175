import type { Images } from '@elucidate/training/images';
import { createTensors } from '@elucidate/training/tensor-parts';

/** Writes images for a program: "images" [n,h,w,c], U8 or F32 as they are, and "labels" [n] I64 if they have classes. */
export async function writeImages(path: string, { count, size, channels, data, labels }: Images): Promise<void> {
  const file = await createTensors(path, {
    images: { dtype: data instanceof Uint8Array ? 'U8' : 'F32', shape: [count, size, size, channels] },
    ...(labels && { labels: { dtype: 'I64', shape: [count] } as const }),
  });
  try {
    await file.write('images', 0, data);
    if (labels) await file.write('labels', 0, BigInt64Array.from(labels.of, BigInt));
  } finally {
    await file.close();
  }
}
