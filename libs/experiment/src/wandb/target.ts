import { nearestWord } from '../problem-text.js';
import { otherWords } from '../other-words.js';
import { parameterNames } from '../parameters.js';

/** Settings of a sweep file that are no parameters, by the names that programs give them. */
const settings: Readonly<Record<string, readonly string[]>> = {
  dataset: ['dataset'],
  images: ['train', 'images'], batch: ['train', 'batch'],
  samples: ['evaluate', 'samples'], metrics: ['evaluate', 'metrics'], extractor: ['evaluate', 'extractor'],
  seed: ['seeds', 'train'], train_seed: ['seeds', 'train'], sample_seed: ['seeds', 'sample'],
};

const settingBlocks = ['train', 'evaluate', 'seeds', 'noiseLevelEstimator'];

/** Where a W&B parameter belongs in a sweep file: a parameter, a setting by its path, or nowhere, with the nearest name. */
export type Target = { parameter: string } | { setting: readonly string[] } | { nearest: string | undefined };

const camelCase = (name: string): string => name.replace(/[_-]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export function targetOf(name: string): Target {
  const [block, ...rest] = name.split('.');
  // train.learningRate is the learning rate of a sweep that varies none
  if (block === 'train' && rest.length === 1 && (parameterNames as readonly string[]).includes(rest[0]!)) return { parameter: rest[0]! };
  if (rest.length > 0) return settingBlocks.includes(block!) ? { setting: [block!, ...rest] } : { nearest: undefined };
  const words = [name, camelCase(name), otherWords.get(name.toLowerCase()) ?? name];
  const parameter = words.find((word) => (parameterNames as readonly string[]).includes(word));
  if (parameter !== undefined) return { parameter };
  const setting = words.find((word) => Object.hasOwn(settings, word));
  return setting === undefined ? { nearest: nearestWord(name, [...parameterNames, ...Object.keys(settings)]) } : { setting: settings[setting]! };
}
