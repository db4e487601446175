import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { randomStream } from '@elucidate/diffusion/noise';

export type Kind = 'png' | 'jpeg';

/** A picture of one colour with some noise, so that no two have the same bytes. */
export async function picture(seed: number, kind: Kind = 'png', { width = 24, height = 16 }: { width?: number; height?: number } = {}): Promise<Buffer> {
  const random = randomStream(seed);
  const base = [random.integer(200), random.integer(200), random.integer(200)];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => base[i % 3]! + random.integer(50));
  return sharp(data, { raw: { width, height, channels: 3 } })[kind]().toBuffer();
}

/** Writes files, keyed by their path under a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
}

/** A folder of this many small pictures, every third a JPEG. */
export async function pictureFolder(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await writeFiles(folder, { [i % 3 === 0 ? `${i}.jpg` : `${i}.PNG`]: await picture(i, i % 3 === 0 ? 'jpeg' : 'png') });
}
