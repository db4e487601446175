import { ElucidateError } from '@elucidate/experiment/errors';
import type { ImageFeatures } from '@elucidate/training/features';
import { type Images, sliceImages } from '@elucidate/training/images';
import type { StageContext } from '../context.js';
import { checkWidth } from '../reference.js';
import { attempting, type CheckedProgram, type CheckRequest, filesAt, noisyImages, packedAt } from './check-parts.js';
import { programFeatures } from './embed.js';
import { archiveOutput } from './execute-program.js';

/** Of the largest feature: what arithmetic in another order may change. */
const tolerance = 1e-3;

/** Runs an extractor of features on a few random images, as a sweep's stages would. Throws only for a folder that cannot be a program, or when the signal aborts. */
export async function checkExtractor(request: CheckRequest, context: StageContext): Promise<CheckedProgram> {
  const { findings, attempt } = attempting(request, context);
  const { archive, program } = await packedAt(request);
  const images = noisyImages(request.resolution);
  const embed = (name: string, of: Images) => filesAt(request.place, name, { extractor: { [archiveOutput]: archive } }).then((files) => programFeatures({ program, images: of, name, range: 1 }, files, context));
  const first = await attempt('computes features', true, async () => {
    const found = await embed('features', images);
    checkWidth(found.features.d);
    return found;
  }, ({ features: { n, d } }) => `${n} images, ${d} features of each`);
  if (first === undefined) return { findings, versions: undefined };
  await attempt('gives the same features again', true, async () => same(first.features, (await embed('again', images)).features, { what: 'The same images', tolerance: 0 }), () => 'byte for byte');
  await attempt('computes those of an image from that image alone', true, async () => {
    const few = 5;
    const alone = (await embed('few', sliceImages(images, 0, few))).features;
    const { d, values } = first.features;
    same({ n: few, d, values: values.subarray(0, few * d) }, alone, { what: 'The same images among fewer others', tolerance });
  }, () => 'the same among other images');
  await attempt('takes images in colour', false, () => embed('colour', inColour(images)), ({ features: { d } }) => `${d} features of each`);
  await attempt('takes images that are floats, of synthetic data', false, () => embed('floats', { ...images, data: Float32Array.from(images.data, (byte) => byte / 127.5 - 1) }), ({ features: { d } }) => `${d} features of each`);
  return { findings, versions: first.versions };
}

/** Throws stage.failed for features that differ by more than this part of the largest. */
function same(one: ImageFeatures, other: ImageFeatures, { what, tolerance: part }: { what: string; tolerance: number }): void {
  if (one.n !== other.n || one.d !== other.d) throw new ElucidateError('stage.failed', `${what} have ${other.n} x ${other.d} features where they had ${one.n} x ${one.d}`);
  const largest = one.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const differing = one.values.findIndex((value, i) => Math.abs(value - other.values[i]!) > part * largest);
  if (differing < 0) return;
  const image = Math.floor(differing / one.d);
  throw new ElucidateError('stage.failed', `${what} have other features: the first is feature ${differing % one.d} of image ${image}, ${one.values[differing]} and then ${other.values[differing]}. FID compares features that were computed at different times and places, so nothing random and nothing of other images (such as batch statistics) may be in them`);
}

const inColour = (images: Images): Images => ({ ...images, channels: 3, data: Uint8Array.from({ length: images.data.length * 3 }, (_, i) => images.data[Math.floor(i / 3)]!) });
