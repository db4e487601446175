import { z } from 'zod';

/** The grammar of data sets. */

/** Pixels per side of the sets whose originals are 28x28: padded with black to 32x32; 16 is that averaged over 2x2, 64 is bicubic. */
const padded = z.union([z.literal(16), z.literal(32), z.literal(64)]).default(32);
/** Pixels per side of synthetic images. */
const side = z.int().min(1).max(256);

export const datasetSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('fashion-mnist'), resolution: padded }),
  z.strictObject({ name: z.literal('mnist'), resolution: padded }),
  /** Any folder of PNG or JPEG files. A sweep is planned on `contents`, the hash of its files, and its number of `classes`; the command line fills in both from `path`. */
  z.strictObject({
    name: z.literal('folder'),
    path: z.string().min(1).optional(),
    contents: z.string().regex(/^[0-9a-f]{64}$/, 'a sha256: 64 hex digits').optional(),
    /** Class folders. Absent: images without labels. */
    classes: z.int().min(1).max(10_000).optional(),
    resolution: z.int().min(8).max(256).multipleOf(8).default(32),
    channels: z.union([z.literal(1), z.literal(3)]).default(3),
  }).refine(({ path, contents }) => path !== undefined || contents !== undefined, { message: 'a path to the folder, or the contents hash that it was imported under', path: ['path'] }),
  /** Independent pixels, each N(mean, std^2); 10,000 train and 10,000 test images from a fixed seed. */
  z.strictObject({ name: z.literal('gaussian'), mean: z.number().default(0.3), std: z.number().positive().default(0.5), resolution: side.default(8) }),
  /** Independent pixels, each from a mixture of normals. */
  z.strictObject({
    name: z.literal('mixture'),
    parts: z.array(z.strictObject({ weight: z.number().positive(), mean: z.number(), std: z.number().positive() })).min(1).max(100)
      .default([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]),
    resolution: side.default(8),
  }),
]);
export type DatasetSpec = z.infer<typeof datasetSchema>;

/** Whether images are drawn from a known distribution, as floats. */
export function isSynthetic(dataset: DatasetSpec): dataset is Extract<DatasetSpec, { name: 'gaussian' | 'mixture' }> {
  return dataset.name === 'gaussian' || dataset.name === 'mixture';
}

/** Classes of a data set's images; 0: it has no labels. */
export function classesOf(dataset: DatasetSpec): number {
  switch (dataset.name) {
    case 'fashion-mnist':
    case 'mnist': return 10;
    case 'folder': return dataset.classes ?? 0;
    case 'gaussian':
    case 'mixture': return 0;
  }
}

/** Channels of a data set's images. */
export function channelsOf(dataset: DatasetSpec): 1 | 3 {
  return dataset.name === 'folder' ? dataset.channels : 1;
}
